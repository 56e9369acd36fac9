#include "exchange/drivers/sip/sip_resolver.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace strowger::exchange::drivers {
namespace {

struct Service {
  std::string_view naptr;  // RFC 3263 clause 4.1
  std::string_view srv;    // RFC 3263 clause 4.2
  sip::Transport transport;
};
constexpr std::array<Service, 3> services{{{"SIPS+D2T", "_sips._tcp.", sip::Transport::tls},
                                           {"SIP+D2U", "_sip._udp.", sip::Transport::udp},
                                           {"SIP+D2T", "_sip._tcp.", sip::Transport::tcp}}};

std::uint16_t default_port(sip::Transport transport) {
  return transport == sip::Transport::tls || transport == sip::Transport::wss ? 5061 : 5060;
}

/// One look-up under way; keeps itself alive by the callbacks that hold it.
class Lookup : public std::enable_shared_from_this<Lookup> {
 public:
  Lookup(io::Loop& loop, SipTarget target, std::function<std::uint64_t(std::uint64_t)> random,
         SipTargets done)
      : loop_(loop),
        target_(std::move(target)),
        random_(std::move(random)),
        done_(std::move(done)) {}

  void start() {
    const bool numeric = core::Address::parse(target_.host).has_value();
    if (numeric || target_.port != 0) {
      const auto transport = chosen();
      ask_addresses(
          {{0, 0, target_.port != 0 ? target_.port : default_port(transport), target_.host}},
          transport);
    } else if (target_.transport) {
      ask_srv(service_for(*target_.transport), 0);
    } else {
      ask_naptr();
    }
  }

 private:
  [[nodiscard]] sip::Transport chosen() const {
    return target_.transport.value_or(target_.secure ? sip::Transport::tls : sip::Transport::udp);
  }

  static const Service& service_for(sip::Transport transport) {
    const auto* found = std::find_if(services.begin(), services.end(), [&](const Service& service) {
      return service.transport == transport;
    });
    return found != services.end() ? *found : services[1];
  }

  void ask_naptr() {
    loop_.resolve({io::ResolveRequest::Kind::naptr, target_.host},
                  [self = shared_from_this()](const io::Result<io::ResolveAnswer>& answer) {
                    self->on_naptr(answer);
                  });
  }

  void on_naptr(const io::Result<io::ResolveAnswer>& answer) {
    std::vector<io::NaptrRecord> records = answer ? answer->naptr : std::vector<io::NaptrRecord>{};
    std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
      return std::pair(a.order, a.preference) < std::pair(b.order, b.preference);
    });
    for (const auto& record : records) {
      for (const auto& service : services) {
        if (record.service == service.naptr && usable(service) && !record.replacement.empty()) {
          ask_srv_name(record.replacement, service.transport, services.size());
          return;
        }
      }
    }
    ask_srv(target_.secure ? services[0] : services[1], target_.secure ? services.size() : 1);
  }

  [[nodiscard]] bool usable(const Service& service) const {
    return !target_.secure || service.transport == sip::Transport::tls;
  }

  /// `next`: the services still to be tried when this one has no records (none from size() on).
  void ask_srv(const Service& service, std::size_t next) {
    ask_srv_name(std::string(service.srv) + target_.host, service.transport, next);
  }

  void ask_srv_name(const std::string& name, sip::Transport transport, std::size_t next) {
    loop_.resolve(
        {io::ResolveRequest::Kind::srv, name},
        [self = shared_from_this(), transport, next](const io::Result<io::ResolveAnswer>& answer) {
          self->on_srv(answer, transport, next);
        });
  }

  void on_srv(const io::Result<io::ResolveAnswer>& answer, sip::Transport transport,
              std::size_t next) {
    if (answer && !answer->srv.empty()) {
      ask_addresses(ordered(answer->srv), transport);
    } else if (!target_.transport && next == 1) {
      ask_srv(services[2], services.size());
    } else {
      ask_addresses({{0, 0, default_port(chosen()), target_.host}}, chosen());
    }
  }

  /// RFC 2782: by priority, within it at random by weight.
  std::vector<io::SrvRecord> ordered(std::vector<io::SrvRecord> records) {
    std::stable_sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
      return std::pair(a.priority, a.weight) < std::pair(b.priority, b.weight);
    });
    std::vector<io::SrvRecord> out;
    while (!records.empty()) {
      const auto group_end = std::find_if(
          records.begin(), records.end(),
          [&](const io::SrvRecord& record) { return record.priority != records.front().priority; });
      std::uint64_t total = 0;
      std::for_each(records.begin(), group_end,
                    [&](const io::SrvRecord& record) { total += record.weight; });
      std::uint64_t at = random_(total + 1);
      auto pick = records.begin();
      while (pick + 1 != group_end && at > pick->weight) {
        at -= pick->weight;
        ++pick;
      }
      out.push_back(*pick);
      records.erase(pick);
    }
    return out;
  }

  void ask_addresses(std::vector<io::SrvRecord> hosts, sip::Transport transport) {
    hosts_ = std::move(hosts);
    transport_ = transport;
    next_host();
  }

  void next_host() {
    if (host_ == hosts_.size()) {
      done_(std::move(flows_));
      return;
    }
    loop_.resolve({io::ResolveRequest::Kind::addresses, hosts_[host_].target},
                  [self = shared_from_this()](const io::Result<io::ResolveAnswer>& answer) {
                    self->on_addresses(answer);
                  });
  }

  void on_addresses(const io::Result<io::ResolveAnswer>& answer) {
    if (answer) {
      for (const auto& address : answer->addresses) {
        flows_.push_back({transport_, 0, 0, address.with_port(hosts_[host_].port)});
      }
    }
    ++host_;
    next_host();
  }

  io::Loop& loop_;
  SipTarget target_;
  std::function<std::uint64_t(std::uint64_t)> random_;
  SipTargets done_;
  std::vector<io::SrvRecord> hosts_;
  std::size_t host_ = 0;
  sip::Transport transport_ = sip::Transport::udp;
  std::vector<sip::Flow> flows_;
};

}  // namespace

void resolve_sip_target(io::Loop& loop, SipTarget target,
                        std::function<std::uint64_t(std::uint64_t)> random, SipTargets done) {
  std::make_shared<Lookup>(loop, std::move(target), std::move(random), std::move(done))->start();
}

}  // namespace strowger::exchange::drivers
