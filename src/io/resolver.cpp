#include "io/resolver.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <ares.h>
#include <netdb.h>
#include <sys/epoll.h>

#include "io/socket_address.hpp"

namespace strowger::io {
namespace {

// arpa/nameser.h has these as an enum that does not exist everywhere; RFC 2782, RFC 3403.
constexpr int class_in = 1;
constexpr int type_srv = 33;
constexpr int type_naptr = 35;

Failure dns_failure(const std::string& name, int status) {
  const std::string text = "the name '" + name + "'";
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
      return {IoError::not_found, 0, text + " is not known to DNS or /etc/hosts"};
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
      return {IoError::timed_out, 0,
              text + " can't be resolved: no DNS server answers; see /etc/resolv.conf"};
    default:
      return {IoError::other, 0, text + " can't be resolved: " + ares_strerror(status)};
  }
}

/// "localhost" and what ends in ".localhost" (RFC 6761, 6.3): never asked of a server, and there
/// with or without /etc/hosts.
bool is_localhost(std::string_view name) {
  constexpr std::string_view localhost = "localhost";
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  if (name.size() < localhost.size()) {
    return false;
  }
  const std::string_view tail = name.substr(name.size() - localhost.size());
  const bool same = std::equal(tail.begin(), tail.end(), localhost.begin(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
  return same && (name.size() == tail.size() || name[name.size() - tail.size() - 1] == '.');
}

/// What needs no server: numeric addresses and this host.
std::optional<Result<ResolveAnswer>> answer_at_once(const ResolveRequest& request) {
  const bool addresses = request.kind == ResolveRequest::Kind::addresses;
  ResolveAnswer answer;
  if (is_localhost(request.name)) {
    if (!addresses) {
      return core::fail(dns_failure(request.name, ARES_ENODATA));
    }
    answer.addresses = {core::Address::ipv4(127, 0, 0, 1, 0), *core::Address::parse("::1")};
    return answer;
  }
  const auto numeric = addresses ? core::Address::parse(request.name) : std::nullopt;
  if (!numeric) {
    return std::nullopt;
  }
  answer.addresses.push_back(numeric->with_port(0));
  return answer;
}

ResolveAnswer addresses_of(const ares_addrinfo& list) {
  ResolveAnswer answer;
  for (const ares_addrinfo_node* node = list.nodes; node != nullptr; node = node->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, node->ai_addr, std::min<std::size_t>(node->ai_addrlen, sizeof storage));
    answer.addresses.push_back(from_sockaddr(storage).with_port(0));
  }
  return answer;
}

int parse_srv(const unsigned char* octets, int size, ResolveAnswer& answer) {
  ares_srv_reply* list = nullptr;
  const int status = ares_parse_srv_reply(octets, size, &list);
  for (const ares_srv_reply* item = list; item != nullptr; item = item->next) {
    answer.srv.push_back({item->priority, item->weight, item->port, item->host});
  }
  ares_free_data(list);
  return status;
}

std::string text(const unsigned char* characters) {
  return reinterpret_cast<const char*>(characters);
}

int parse_naptr(const unsigned char* octets, int size, ResolveAnswer& answer) {
  ares_naptr_reply* list = nullptr;
  const int status = ares_parse_naptr_reply(octets, size, &list);
  for (const ares_naptr_reply* item = list; item != nullptr; item = item->next) {
    answer.naptr.push_back(
        {item->order, item->preference, text(item->flags), text(item->service), item->replacement});
  }
  ares_free_data(list);
  return status;
}

}  // namespace

struct Resolver::Inner {
  Inner() = default;
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;
  ~Inner() {
    alive = false;
    if (channel != nullptr) {
      ares_destroy(channel);
    }
    core->timers().cancel(timer);
    ares_library_cleanup();
  }

  std::shared_ptr<EpollCore> core;
  ares_channel channel = nullptr;
  std::map<int, WatchHandle> watches;  // c-ares' sockets
  TimerHandle timer;
  bool alive = true;

  /// One question; c-ares gives it back to the callback, which deletes it.
  struct Query {
    Inner* inner;
    ResolveRequest request;
    ResolveCallback callback;
  };

  /// The answer goes to the user from the loop, never from within one of c-ares' functions.
  static void answer(std::unique_ptr<Query> query, Result<ResolveAnswer> result) {
    if (query->inner->alive) {
      query->inner->core->defer([callback = std::move(query->callback),
                                 result = std::move(result)] { callback(result); });
    }
  }

  static void on_addresses(void* argument, int status, int /*timeouts*/, ares_addrinfo* list) {
    std::unique_ptr<Query> query(static_cast<Query*>(argument));
    Result<ResolveAnswer> result;
    if (status == ARES_SUCCESS && list != nullptr && list->nodes != nullptr) {
      result = addresses_of(*list);
    } else {
      const int why = status == ARES_SUCCESS ? int{ARES_ENODATA} : status;
      result = core::fail(dns_failure(query->request.name, why));
    }
    ares_freeaddrinfo(list);
    answer(std::move(query), std::move(result));
  }

  static void on_records(void* argument, int status, int /*timeouts*/, unsigned char* octets,
                         int size) {
    std::unique_ptr<Query> query(static_cast<Query*>(argument));
    ResolveAnswer records;
    if (status == ARES_SUCCESS) {
      status = query->request.kind == ResolveRequest::Kind::srv
                   ? parse_srv(octets, size, records)
                   : parse_naptr(octets, size, records);
    }
    Result<ResolveAnswer> result = std::move(records);
    if (status != ARES_SUCCESS) {
      result = core::fail(dns_failure(query->request.name, status));
    }
    answer(std::move(query), std::move(result));
  }

  static void on_socket_state(void* argument, ares_socket_t fd, int readable, int writable) {
    auto& inner = *static_cast<Inner*>(argument);
    const std::uint32_t events = (readable != 0 ? std::uint32_t{EPOLLIN} : 0U) |
                                 (writable != 0 ? std::uint32_t{EPOLLOUT} : 0U);
    const auto known = inner.watches.find(fd);
    if (events == 0) {
      if (known != inner.watches.end()) {
        inner.core->remove(known->second);
        inner.watches.erase(known);
      }
      return;
    }
    if (known != inner.watches.end()) {
      inner.core->modify(known->second, events);
      return;
    }
    WatchHandle watch;
    if (inner.core->add(fd, events, std::make_shared<Socket>(inner, fd), watch) == 0) {
      inner.watches.emplace(fd, watch);
    }
  }

  struct Socket final : EventHandler {
    Socket(Inner& owner, int descriptor) : inner(owner), fd(descriptor) {}
    void on_events(std::uint32_t events) override {
      const bool readable = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
      const bool writable = (events & EPOLLOUT) != 0;
      ares_process_fd(inner.channel, readable ? fd : ARES_SOCKET_BAD,
                      writable ? fd : ARES_SOCKET_BAD);
      inner.arm();
    }
    Inner& inner;
    int fd;
  };

  /// c-ares counts its own retries; it only has to be asked when the next is due.
  void arm() {
    core->timers().cancel(timer);
    timeval room{};
    const timeval* const next = ares_timeout(channel, nullptr, &room);
    if (next == nullptr) {
      return;
    }
    // At least a millisecond: c-ares counts in whole ones.
    const core::Duration wait = std::max(
        core::milliseconds(1), core::seconds(next->tv_sec) + core::microseconds(next->tv_usec));
    timer = core->call_at(core->now() + wait, [this] {
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm();
    });
  }
};

Resolver::Resolver(std::shared_ptr<EpollCore> core, const EpollOptions& options)
    : inner_(std::make_unique<Inner>()) {
  inner_->core = std::move(core);
  if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
    throw std::runtime_error("c-ares can't be started");
  }
  ares_options settings{};
  settings.timeout = static_cast<int>(options.dns_timeout.milliseconds());
  settings.tries = options.dns_tries;
  settings.sock_state_cb = &Inner::on_socket_state;
  settings.sock_state_cb_data = inner_.get();
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&inner_->channel, &settings, mask) != ARES_SUCCESS ||
      (!options.dns_servers.empty() &&
       ares_set_servers_ports_csv(inner_->channel, options.dns_servers.c_str()) != ARES_SUCCESS)) {
    throw std::runtime_error("c-ares can't be started; are the DNS servers '" +
                             options.dns_servers + "' numeric addresses?");
  }
}

Resolver::~Resolver() = default;

void Resolver::resolve(const ResolveRequest& request, ResolveCallback callback) {
  using Kind = ResolveRequest::Kind;
  if (auto answer = answer_at_once(request)) {
    inner_->core->defer(
        [callback = std::move(callback), answer = std::move(*answer)] { callback(answer); });
    return;
  }
  auto query =
      std::make_unique<Inner::Query>(Inner::Query{inner_.get(), request, std::move(callback)});
  const char* const name = query->request.name.c_str();
  if (request.kind == Kind::addresses) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_flags = ARES_AI_NOSORT;
    hints.ai_socktype = SOCK_STREAM;  // each address once
    ares_getaddrinfo(inner_->channel, name, nullptr, &hints, &Inner::on_addresses, query.release());
  } else {
    const int type = request.kind == Kind::srv ? type_srv : type_naptr;
    ares_query(inner_->channel, name, class_in, type, &Inner::on_records, query.release());
  }
  inner_->arm();
}

}  // namespace strowger::io
