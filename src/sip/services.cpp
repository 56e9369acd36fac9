#include "sip/services.hpp"

namespace strowger::sip {
namespace {

/// Timers that can run at once: two for a transaction that is under way, one for those that linger,
/// six a call at most.
std::size_t timer_capacity(const EngineLimits& limits) {
  return limits.transactions + limits.transactions / 4 + 6 * limits.calls +
         limits.registered_peers + limits.connections;
}

}  // namespace

Services::Services(std::shared_ptr<const Settings> initial, const EngineLimits& limits,
                   crypto::Random& chance, TransactionUser& user)
    : random(chance),
      out(counters),
      timers(timer_capacity(limits)),
      flows(out, timers, limits.connections),
      transactions(out, timers, flows, composer, chance, user, limits.transactions),
      digest_client(chance) {
  configure(std::move(initial));
}

void Services::configure(std::shared_ptr<const Settings> changed) {
  settings = std::move(changed);
  composer.configure(settings);
  transactions.configure(settings->timers);
}

void answer(Services& services, const Request& request, std::uint16_t status,
            const ResponseParts& parts) {
  ResponseParts complete = parts;
  std::string tag;
  if (complete.to_tag.empty() && status > 100) {
    tag = services.random.hex_token(8);  // clause 8.2.6.2
    complete.to_tag = tag;
  }
  const auto octets = services.composer.response(request.message, status, request.back, complete);
  if (!services.transactions.respond(request.transaction, status, octets)) {
    services.flows.send(request.back, octets);
  }
}

}  // namespace strowger::sip
