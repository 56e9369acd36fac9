#include "io/epoll_loop.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/descriptor.hpp"
#include "io/loop_fixture.hpp"
#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

const core::Address loopback = core::Address::ipv4(127, 0, 0, 1, 0);

class Epoll : public testing::Test {
 protected:
  /// False where `done` did not come to pass in ten seconds.
  bool run_until(const std::function<bool()>& done) {
    bool expired = false;
    const TimerHandle timer =
        loop_.call_at(loop_.now() + core::seconds(10), [&expired] { expired = true; });
    while (!done() && !expired) {
      loop_.turn(core::seconds(1));
    }
    loop_.cancel(timer);
    return !expired;
  }

  EpollLoop loop_;
};

TEST_F(Epoll, takes_posts_from_other_threads_in_their_order) {
  constexpr int posts = 5000;
  std::array<std::vector<int>, 2> seen;
  std::array<std::thread, 2> threads;
  for (std::size_t t = 0; t < threads.size(); ++t) {
    threads[t] = std::thread([this, &seen, t] {
      for (int i = 0; i < posts; ++i) {
        loop_.post([&seen, t, i] { seen[t].push_back(i); });
      }
    });
  }
  EXPECT_TRUE(run_until([&] { return seen[0].size() == posts && seen[1].size() == posts; }));
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_TRUE(std::ranges::is_sorted(seen[0]));
  EXPECT_TRUE(std::ranges::is_sorted(seen[1]));
}

TEST_F(Epoll, is_stopped_from_another_thread) {
  std::thread stopper([this] { loop_.stop(); });
  loop_.run();
  stopper.join();
  bool again = false;
  loop_.post([&] {
    again = true;
    loop_.stop();
  });
  loop_.run();
  EXPECT_TRUE(again);
}

TEST_F(Epoll, drops_what_was_to_be_called_when_it_ends) {
  const auto token = std::make_shared<int>(0);
  {
    EpollLoop ending;
    ending.post([token] {});
    ending.call_at(ending.now() + core::seconds(1), [token] {});
    ending.resolve({ResolveRequest::Kind::addresses, "192.0.2.1"},
                   [token](const Result<ResolveAnswer>&) {});
    ending.resolve({ResolveRequest::Kind::addresses, "name.invalid"},
                   [token](const Result<ResolveAnswer>&) {});
    EXPECT_EQ(token.use_count(), 5);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(Epoll, lets_go_of_sockets_and_streams_that_outlive_the_loop) {
  UdpRecorder handler;
  StreamRecorder stream;
  auto ending = std::make_unique<EpollLoop>();
  const auto socket = std::move(*ending->open_udp(loopback, handler, {}));
  stream.stream = ending->connect(socket->local(), stream, {});
  socket->send(socket->local(), core::octets_of("queued"));
  stream.stream->send(core::octets_of("queued"));
  ending.reset();
  socket->send(socket->local(), core::octets_of("late"));
  stream.stream->send(core::octets_of("late"));
  stream.stream->close();
  stream.stream.reset();
  EXPECT_FALSE(stream.closed);  // and nothing leaks: the address sanitizer looks
}

TEST_F(Epoll, counts_what_the_kernel_dropped) {
  UdpRecorder server;
  UdpRecorder client;
  UdpOptions small;
  small.receive_buffer_octets = 4096;
  const auto far = std::move(*loop_.open_udp(loopback, server, small));
  const auto near = std::move(*loop_.open_udp(loopback, client, {}));
  const std::string octets = pattern(1000);
  for (int i = 0; i < 200; ++i) {
    near->send(far->local(), core::octets_of(octets));
  }
  near->flush();
  ASSERT_TRUE(run_until([&] { return !server.texts.empty(); }));
  // The kernel tells of drops with the next datagram that it delivers.
  near->send(far->local(), core::octets_of("last"));
  ASSERT_TRUE(run_until([&] { return server.texts.back() == "last"; }));
  EXPECT_GT(far->counters().kernel_dropped, 0U);
  EXPECT_EQ(far->counters().kernel_dropped + far->counters().received, 201U);
}

TEST_F(Epoll, shares_a_port_between_sockets_when_asked_to) {
  UdpRecorder handler;
  UdpOptions shared;
  shared.reuse_port = true;
  const auto first = loop_.open_udp(loopback, handler, shared);
  ASSERT_TRUE(first);
  EXPECT_TRUE(loop_.open_udp((*first)->local(), handler, shared));
}

TEST_F(Epoll, keeps_the_families_apart_on_one_port) {
  UdpRecorder handler;
  core::Address any_4;
  any_4.family = core::Address::Family::ipv4;
  const auto v4 = loop_.open_udp(any_4, handler, {});
  ASSERT_TRUE(v4);
  core::Address any_6;
  any_6.family = core::Address::Family::ipv6;
  any_6.port = (*v4)->local().port;
  EXPECT_TRUE(loop_.open_udp(any_6, handler, {})) << "V6ONLY";
}

TEST_F(Epoll, watches_a_descriptor_of_the_users_own) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  const Descriptor reader(ends[0]);
  const Descriptor writer(ends[1]);
  int readable = 0;
  int writable = 0;
  auto watch = std::move(*loop_.watch(reader.get(), [&](Readiness) { ++readable; }));
  auto other = std::move(
      *loop_.watch(writer.get(), [&](Readiness ready) { writable += ready.writable ? 1 : 0; }));
  other->want_write(true);
  ASSERT_TRUE(run_until([&] { return writable > 0; }));
  EXPECT_EQ(readable, 0);
  other->want_write(false);
  ASSERT_EQ(::write(writer.get(), "x", 1), 1);
  ASSERT_TRUE(run_until([&] { return readable > 0; }));
  watch.reset();
  const int before = readable;
  loop_.turn(core::Duration{});
  EXPECT_EQ(readable, before);
}

TEST_F(Epoll, tells_an_edge_once_and_not_before_the_next) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  std::vector<Readiness> told;
  const auto watch = loop_.watch_edges(ours.get(), [&](Readiness ready) { told.push_back(ready); });
  ASSERT_TRUE(watch);
  const auto turn = [&] {
    told.clear();
    loop_.turn({});
    return told.size();
  };
  ASSERT_EQ(turn(), 1U) << "it can be written from the beginning";
  EXPECT_TRUE(told[0].writable && !told[0].readable && !told[0].ended);
  EXPECT_EQ(turn(), 0U) << "nothing has changed";
  (*watch)->want_write(true);
  EXPECT_EQ(turn(), 0U) << "want_write does nothing";

  ASSERT_EQ(::write(theirs.get(), "x", 1), 1);
  ASSERT_EQ(turn(), 1U);
  EXPECT_TRUE(told[0].readable && !told[0].ended);
  EXPECT_EQ(turn(), 0U) << "though nobody has read";
  ASSERT_EQ(::write(theirs.get(), "y", 1), 1);
  ASSERT_EQ(turn(), 1U) << "more has come";
  EXPECT_TRUE(told[0].readable);

  std::array<char, 4096> room{};
  while (::write(ours.get(), room.data(), room.size()) > 0) {
  }
  EXPECT_EQ(turn(), 0U);
  while (::read(theirs.get(), room.data(), room.size()) > 0) {
  }
  ASSERT_EQ(turn(), 1U) << "it can be written again";
  EXPECT_TRUE(told[0].writable);
}

TEST_F(Epoll, tells_of_the_end_together_with_what_came_before_it) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  std::vector<Readiness> told;
  const auto watch = loop_.watch_edges(ours.get(), [&](Readiness ready) { told.push_back(ready); });
  ASSERT_TRUE(watch);
  loop_.turn({});
  told.clear();
  ASSERT_EQ(::write(theirs.get(), "last", 4), 4);
  theirs.reset();
  loop_.turn({});
  loop_.turn({});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].readable && told[0].ended) << "no further call tells of it";
}

TEST_F(Epoll, calls_at_the_end_of_a_turn_behind_all_that_the_turn_dealt_with) {
  std::string log;
  loop_.at_turn_end([&] { log += '.'; });
  loop_.post([&] { log += 'p'; });
  loop_.call_at(loop_.now(), [&] { log += 't'; });
  ASSERT_TRUE(run_until([&] { return log.find('t') != std::string::npos; }));
  EXPECT_EQ(log.back(), '.');
  EXPECT_LT(log.find('p'), log.rfind('.'));
  EXPECT_EQ(log.find(".."), std::string::npos) << log;
}

TEST_F(Epoll, says_why_a_descriptor_cant_be_watched) {
  const Descriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  const auto refused = loop_.watch(file.get(), [](Readiness) {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("can't be watched"), std::string::npos);
}

TEST_F(Epoll, sees_a_reset_by_the_peer) {
  AcceptRecorder acceptor;
  const auto listener = std::move(*loop_.listen(loopback, acceptor, {}));
  Descriptor peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(listener->local(), address);
  ASSERT_EQ(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
  ASSERT_TRUE(run_until([&] { return acceptor.accepted == 1; }));
  const linger hard{1, 0};
  ::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  peer.reset();
  StreamRecorder& stream = *acceptor.streams.front();
  ASSERT_TRUE(run_until([&] { return stream.closed.has_value(); }));
  EXPECT_TRUE(stream.closed_with(IoError::reset)) << stream.closed->text;
}

TEST_F(Epoll, closes_within_its_bound_although_the_peer_never_does) {
  AcceptRecorder acceptor;
  StreamOptions options;
  options.close_timeout = core::milliseconds(50);
  const auto listener = std::move(*loop_.listen(loopback, acceptor, options));
  const Descriptor peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage address{};
  const socklen_t length = to_sockaddr(listener->local(), address);
  ASSERT_EQ(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
  ASSERT_TRUE(run_until([&] { return acceptor.accepted == 1; }));
  StreamRecorder& stream = *acceptor.streams.front();
  stream.stream->close();
  ASSERT_TRUE(run_until([&] { return stream.closed.has_value(); }));
  EXPECT_TRUE(stream.closed_with(IoError::closed)) << stream.closed->text;
}

/// Lowers the limit of descriptors to those in use now and `more`.
class FewDescriptors {
 public:
  explicit FewDescriptors(int more) {
    const Descriptor next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit lower = before_;
    lower.rlim_cur = static_cast<rlim_t>(next.get()) + static_cast<rlim_t>(more);
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(Epoll, turns_connections_away_when_descriptors_run_out_and_recovers) {
  AcceptRecorder acceptor;
  const auto listener = std::move(*loop_.listen(loopback, acceptor, {}));
  // A first visitor, also because UBSan's look at a type it sees for the first time needs
  // descriptors, which there will be none of.
  {
    StreamRecorder first;
    first.stream = loop_.connect(listener->local(), first, {});
    ASSERT_TRUE(run_until([&] { return first.opened == 1 && acceptor.accepted == 1; }));
    acceptor.streams.front()->stream->close();
    ASSERT_TRUE(run_until([&] { return first.closed.has_value(); }));
    acceptor.streams.clear();
    acceptor.accepted = 0;
  }
  StreamRecorder turned_away;
  {
    const FewDescriptors limit(1);
    turned_away.stream = loop_.connect(listener->local(), turned_away, {});
    ASSERT_TRUE(run_until([&] { return turned_away.closed.has_value(); }));
    StreamRecorder none_left;
    const Descriptor last(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    none_left.stream = loop_.connect(listener->local(), none_left, {});
    ASSERT_TRUE(run_until([&] { return none_left.closed.has_value(); }));
    EXPECT_TRUE(none_left.closed_with(IoError::limit)) << none_left.closed->text;
    const auto refused = loop_.listen(loopback, acceptor, {});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("ulimit -n"), std::string::npos) << refused.error().text;
  }
  EXPECT_EQ(acceptor.accepted, 0);
  EXPECT_GE(listener->counters().refused_descriptors, 1U);
  StreamRecorder welcome;
  welcome.stream = loop_.connect(listener->local(), welcome, {});
  ASSERT_TRUE(run_until([&] { return welcome.opened == 1 && acceptor.accepted == 1; }));
}

TEST_F(Epoll, closes_ten_thousand_connections_that_stay_silent) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t most = limit.rlim_cur > 21'000 ? 10'000 : (limit.rlim_cur - 200) / 2;
  StreamOptions impatient;
  impatient.idle_timeout = core::milliseconds(300);
  AcceptRecorder acceptor;
  const auto listener = std::move(*loop_.listen(loopback, acceptor, impatient));
  std::vector<std::unique_ptr<StreamRecorder>> clients;
  for (std::size_t i = 0; i < most; ++i) {
    clients.push_back(std::make_unique<StreamRecorder>());
    clients.back()->stream = loop_.connect(listener->local(), *clients.back(), {});
    if (i % 1000 == 999) {
      const auto wanted = static_cast<int>(i + 1);
      ASSERT_TRUE(run_until([&] { return acceptor.accepted == wanted; }));
    }
  }
  const auto closed = [&] {
    return std::ranges::all_of(clients, [](const auto& each) { return each->closed.has_value(); });
  };
  ASSERT_TRUE(run_until(closed));
  EXPECT_EQ(listener->counters().accepted, most);
  EXPECT_EQ(listener->counters().open, 0U);
}

TEST(Failures, say_what_to_do) {
  const core::Address address = *core::Address::parse("0.0.0.0:80");
  EXPECT_NE(bind_failure("tcp", address, EACCES).text.find("CAP_NET_BIND_SERVICE"),
            std::string::npos);
  EXPECT_EQ(bind_failure("tcp", address, EACCES).error, IoError::permission);
  EXPECT_STREQ(to_string(error_of(EHOSTUNREACH)), "unreachable");
  EXPECT_STREQ(to_string(error_of(ETIMEDOUT)), "timed out");
  EXPECT_STREQ(to_string(error_of(0)), "other");
}

TEST(Failures, come_from_icmp_errors_that_mean_the_peer_was_not_reached) {
  EXPECT_EQ(icmp_failure(SO_EE_ORIGIN_ICMP, ECONNREFUSED), IoError::refused);
  EXPECT_EQ(icmp_failure(SO_EE_ORIGIN_ICMP6, EHOSTUNREACH), IoError::unreachable);
  EXPECT_EQ(icmp_failure(SO_EE_ORIGIN_ICMP, EMSGSIZE), std::nullopt) << "the path's MTU";
  EXPECT_EQ(icmp_failure(SO_EE_ORIGIN_LOCAL, ECONNREFUSED), std::nullopt);
}

TEST(SocketAddress, comes_back_from_the_kernels_form) {
  core::Address scoped = *core::Address::parse("[fe80::1]:5060");
  scoped.scope = 3;
  for (const core::Address& address : {*core::Address::parse("192.0.2.1:7"), scoped}) {
    sockaddr_storage storage{};
    EXPECT_GT(to_sockaddr(address, storage), 0U);
    EXPECT_EQ(from_sockaddr(storage), address);
  }
  sockaddr_storage storage{};
  EXPECT_EQ(to_sockaddr({}, storage), 0U);
}

}  // namespace
}  // namespace strowger::io
