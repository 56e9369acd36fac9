#include "io/loop_fixture.hpp"

namespace strowger::io {
namespace {

class Streams : public BothLoops {
 protected:
  /// A connection that is open on both ends.
  void open(const StreamOptions& server = {}, const StreamOptions& client = {}) {
    listener_ = listen(acceptor_, server);
    connect(client_, *listener_, client);
    ASSERT_TRUE(world_->run_until([&] {
      return client_.opened == 1 && acceptor_.streams.size() == 1 &&
             acceptor_.streams.front()->opened == 1;
    }));
    server_ = acceptor_.streams.front().get();
  }

  AcceptRecorder acceptor_;
  std::unique_ptr<Listener> listener_;
  StreamRecorder client_;
  StreamRecorder* server_ = nullptr;
};
STROWGER_BOTH_LOOPS(Streams);

TEST_P(Streams, know_their_addresses_when_open) {
  open();
  EXPECT_EQ(client_.stream->peer(), listener_->local());
  EXPECT_EQ(client_.stream->local(), server_->stream->peer());
  EXPECT_EQ(server_->stream->local(), listener_->local());
  EXPECT_FALSE(client_.stream->secure());
  EXPECT_EQ(listener_->counters().accepted, 1U);
  EXPECT_EQ(listener_->counters().open, 1U);
}

TEST_P(Streams, carry_octets_both_ways_and_in_order) {
  open();
  const std::string large = pattern(300'000);
  EXPECT_EQ(client_.stream->send(core::octets_of(large)), large.size());
  EXPECT_EQ(server_->stream->send(core::octets_of("one ")), 4U);
  EXPECT_EQ(server_->stream->send(core::octets_of("two")), 3U);
  ASSERT_TRUE(world_->run_until(
      [&] { return server_->text.size() == large.size() && client_.text.size() == 7; }));
  EXPECT_EQ(server_->text, large);
  EXPECT_EQ(client_.text, "one two");
  EXPECT_EQ(client_.stream->queued_octets(), 0U);
}

TEST_P(Streams, send_what_was_queued_before_they_were_open) {
  listener_ = listen(acceptor_);
  connect(client_, *listener_);
  EXPECT_EQ(client_.stream->send(core::octets_of("early")), 5U);
  ASSERT_TRUE(world_->run_until(
      [&] { return !acceptor_.streams.empty() && acceptor_.streams.front()->text == "early"; }));
}

TEST_P(Streams, give_again_what_was_not_taken_with_more_behind_it) {
  open();
  std::vector<std::string> seen;
  server_->take = [&](core::Octets octets) -> std::size_t {
    seen.emplace_back(core::text_of(octets));
    return octets.size() < 4 ? 0 : 4;
  };
  client_.stream->send(core::octets_of("ab"));
  ASSERT_TRUE(world_->run_until([&] { return seen.size() == 1; }));
  client_.stream->send(core::octets_of("cdef"));
  ASSERT_TRUE(world_->run_until([&] { return seen.size() == 2; }));
  client_.stream->send(core::octets_of("gh"));
  ASSERT_TRUE(world_->run_until([&] { return seen.size() == 3; }));
  EXPECT_EQ(seen, (std::vector<std::string>{"ab", "abcdef", "efgh"}));
}

TEST_P(Streams, close_when_too_much_is_left_untaken) {
  StreamOptions small;
  small.receive_limit_octets = 1000;
  open(small);
  server_->take = [](core::Octets) -> std::size_t { return 0; };
  client_.stream->send(core::octets_of(pattern(1000)));
  world_->settle();
  EXPECT_FALSE(server_->closed);
  client_.stream->send(core::octets_of("x"));
  ASSERT_TRUE(world_->run_until([&] { return server_->closed.has_value(); }));
  EXPECT_TRUE(server_->closed_with(IoError::limit));
  ASSERT_TRUE(world_->run_until([&] { return client_.closed.has_value(); }));
}

TEST_P(Streams, refuse_octets_beyond_the_send_limit_and_say_when_there_is_room) {
  StreamOptions small;
  small.send_limit_octets = 10'000;
  open({}, small);
  const std::string all = pattern(200'000);
  std::size_t sent = 0;
  const auto send_more = [&] {
    while (sent < all.size()) {
      const std::size_t count = client_.stream->send(core::octets_of(all).subspan(sent));
      sent += count;
      EXPECT_LE(client_.stream->queued_octets(), 10'000U);
      if (count == 0) {
        break;
      }
    }
  };
  client_.when_writable = send_more;
  send_more();
  EXPECT_EQ(sent, 10'000U);
  ASSERT_TRUE(world_->run_until([&] { return server_->text.size() == all.size(); }));
  EXPECT_EQ(server_->text, all);
  EXPECT_GE(client_.writable, 10);
  EXPECT_EQ(server_->writable, 0);
}

TEST_P(Streams, close_in_order_after_all_octets_have_arrived) {
  open();
  const std::string large = pattern(500'000);
  client_.stream->send(core::octets_of(large));
  client_.stream->close();
  EXPECT_EQ(client_.stream->send(core::octets_of("too late")), 0U);
  ASSERT_TRUE(world_->run_until([&] { return server_->closed && client_.closed; }));
  EXPECT_EQ(server_->text, large);
  EXPECT_TRUE(server_->closed_with(IoError::closed));
  EXPECT_TRUE(client_.closed_with(IoError::closed));
  EXPECT_EQ(client_.times_closed, 1);
  EXPECT_EQ(listener_->counters().open, 0U);
}

TEST_P(Streams, close_in_order_although_they_are_not_open_yet) {
  listener_ = listen(acceptor_);
  connect(client_, *listener_);
  client_.stream->send(core::octets_of("parting words"));
  client_.stream->close();
  ASSERT_TRUE(world_->run_until([&] {
    return client_.closed && !acceptor_.streams.empty() && acceptor_.streams.front()->closed;
  }));
  EXPECT_EQ(acceptor_.streams.front()->text, "parting words");
}

TEST_P(Streams, may_be_closed_by_both_ends_at_once) {
  open();
  client_.stream->close();
  server_->stream->close();
  client_.stream->close();
  ASSERT_TRUE(world_->run_until([&] { return server_->closed && client_.closed; }));
  world_->settle();
  EXPECT_EQ(client_.times_closed, 1);
  EXPECT_EQ(server_->times_closed, 1);
}

TEST_P(Streams, deliver_nothing_after_close) {
  open();
  client_.stream->close();
  server_->stream->send(core::octets_of("unheard"));
  ASSERT_TRUE(world_->run_until([&] { return client_.closed.has_value(); }));
  EXPECT_EQ(client_.text, "");
}

TEST_P(Streams, tell_the_peer_when_they_are_destroyed_and_nobody_else) {
  open();
  client_.stream.reset();
  ASSERT_TRUE(world_->run_until([&] { return server_->closed.has_value(); }));
  EXPECT_FALSE(client_.closed);
}

TEST_P(Streams, may_be_destroyed_from_any_handler) {
  for (const char* where : {"open", "octets", "closed", "writable"}) {
    AcceptRecorder acceptor;
    const auto listener = listen(acceptor);
    StreamRecorder client;
    bool gone = false;
    const auto destroy = [&] {
      client.stream.reset();
      gone = true;
    };
    const std::string place = where;
    if (place == "open") {
      client.when_open = destroy;
    } else if (place == "octets") {
      client.when_octets = destroy;
    } else if (place == "closed") {
      client.when_closed = destroy;
    } else {
      client.when_writable = destroy;
    }
    acceptor.prepare = [&](StreamRecorder& server) {
      server.when_open = [&server] { server.stream->send(core::octets_of("x")); };
      server.when_octets = [&server, place] {
        if (place == "closed") {
          server.stream->close();
        }
      };
    };
    StreamOptions small;
    small.send_limit_octets = 4;
    connect(client, *listener, small);
    client.stream->send(core::octets_of("12345"));
    ASSERT_TRUE(world_->run_until([&] { return gone; })) << where;
    world_->settle();
  }
}

TEST_P(Streams, may_be_destroyed_from_the_handler_of_their_peer) {
  open();
  server_->when_octets = [&] { client_.stream.reset(); };
  client_.stream->send(core::octets_of("x"));
  ASSERT_TRUE(world_->run_until([&] { return server_->closed.has_value(); }));
}

TEST_P(Streams, fail_from_the_loop_when_nobody_listens) {
  core::Address gone;
  {
    AcceptRecorder unused;
    gone = listen(unused)->local();
  }
  client_.stream = world_->near().connect(gone, client_, {});
  EXPECT_FALSE(client_.closed) << "never from within connect";
  ASSERT_TRUE(world_->run_until([&] { return client_.closed.has_value(); }));
  EXPECT_TRUE(client_.closed_with(IoError::refused));
  EXPECT_NE(client_.closed->text.find("Connection refused"), std::string::npos);
  EXPECT_EQ(client_.opened, 0);
}

TEST_P(Streams, fail_from_the_loop_when_the_address_is_none) {
  client_.stream = world_->near().connect({}, client_, {});
  EXPECT_FALSE(client_.closed);
  ASSERT_TRUE(world_->run_until([&] { return client_.closed.has_value(); }));
  EXPECT_EQ(client_.opened, 0);
}

TEST_P(Streams, may_be_destroyed_while_connecting) {
  listener_ = listen(acceptor_);
  connect(client_, *listener_);
  client_.stream.reset();
  world_->settle();
  EXPECT_EQ(client_.opened, 0);
  EXPECT_FALSE(client_.closed);
}

TEST_P(Streams, that_are_dropped_on_accept_are_closed) {
  acceptor_.instead = [](std::unique_ptr<Stream>) -> StreamHandler* { return nullptr; };
  listener_ = listen(acceptor_);
  connect(client_, *listener_);
  ASSERT_TRUE(world_->run_until([&] { return client_.closed.has_value(); }));
  EXPECT_EQ(listener_->counters().open, 0U);
}

TEST_P(Streams, outlive_the_listener_that_is_destroyed_on_accept) {
  listener_ = listen(acceptor_);
  acceptor_.prepare = [&](StreamRecorder&) { listener_.reset(); };
  connect(client_, *listener_);
  ASSERT_TRUE(world_->run_until([&] { return client_.opened == 1 && acceptor_.accepted == 1; }));
  EXPECT_EQ(listener_, nullptr);
  client_.stream->send(core::octets_of("still here"));
  ASSERT_TRUE(world_->run_until([&] { return acceptor_.streams.front()->text == "still here"; }));
}

TEST_P(Streams, beyond_the_listeners_limit_are_closed_and_counted) {
  StreamOptions few;
  few.max_connections = 2;
  listener_ = listen(acceptor_, few);
  StreamRecorder first;
  StreamRecorder second;
  StreamRecorder third;
  connect(first, *listener_);
  connect(second, *listener_);
  ASSERT_TRUE(world_->run_until([&] { return first.opened == 1 && second.opened == 1; }));
  connect(third, *listener_);
  ASSERT_TRUE(world_->run_until([&] { return third.closed.has_value(); }));
  EXPECT_EQ(acceptor_.accepted, 2);
  EXPECT_EQ(listener_->counters().refused_full, 1U);
  EXPECT_FALSE(first.closed);
  first.stream.reset();
  ASSERT_TRUE(world_->run_until([&] { return listener_->counters().open == 1; }));
  StreamRecorder fourth;
  connect(fourth, *listener_);
  ASSERT_TRUE(world_->run_until([&] { return fourth.opened == 1 && acceptor_.accepted == 3; }));
}

TEST_P(Streams, that_stay_silent_are_closed) {
  StreamOptions impatient;
  impatient.idle_timeout = core::milliseconds(50);
  open(impatient);
  ASSERT_TRUE(world_->run_until([&] { return server_->closed && client_.closed; }));
  EXPECT_TRUE(server_->closed_with(IoError::timed_out));
  EXPECT_TRUE(client_.closed_with(IoError::closed));
}

TEST_P(Streams, are_given_more_patience_or_less_while_they_are_open) {
  StreamOptions impatient;
  impatient.idle_timeout = core::milliseconds(100);
  open(impatient);
  server_->stream->set_idle_timeout({});
  bool over = false;
  world_->near().call_at(world_->near().now() + core::milliseconds(300), [&] { over = true; });
  ASSERT_TRUE(world_->run_until([&] { return over; }));
  EXPECT_FALSE(server_->closed);
  server_->stream->set_idle_timeout(core::milliseconds(50));
  ASSERT_TRUE(world_->run_until([&] { return server_->closed.has_value(); }));
  EXPECT_TRUE(server_->closed_with(IoError::timed_out));
}

TEST_P(Streams, that_never_finish_a_message_are_closed_although_octets_trickle_in) {
  StreamOptions impatient;
  impatient.idle_timeout = core::seconds(30);
  impatient.stall_timeout = core::milliseconds(100);
  open(impatient);
  server_->take = [](core::Octets) -> std::size_t { return 0; };
  std::function<void()> trickle = [&] {
    client_.stream->send(core::octets_of("x"));
    world_->near().call_at(world_->near().now() + core::milliseconds(20), trickle);
  };
  trickle();
  ASSERT_TRUE(world_->run_until([&] { return server_->closed.has_value(); }));
  EXPECT_TRUE(server_->closed_with(IoError::timed_out));
}

TEST_P(Streams, that_go_on_talking_stay_open) {
  StreamOptions impatient;
  impatient.idle_timeout = core::milliseconds(500);
  impatient.stall_timeout = core::milliseconds(500);
  open(impatient);
  int rounds = 0;
  std::function<void()> talk = [&] {
    client_.stream->send(core::octets_of("x"));
    if (++rounds < 40) {
      world_->near().call_at(world_->near().now() + core::milliseconds(20), talk);
    }
  };
  talk();
  ASSERT_TRUE(world_->run_until([&] { return server_->text.size() == 40; }));
  EXPECT_FALSE(server_->closed);
}

TEST_P(Streams, say_what_to_do_when_the_port_is_in_use) {
  listener_ = listen(acceptor_);
  const auto refused = world_->far().listen(listener_->local(), acceptor_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, IoError::address_in_use);
  EXPECT_EQ(refused.error().text.substr(0, 4), "tcp ");
}

}  // namespace
}  // namespace strowger::io
