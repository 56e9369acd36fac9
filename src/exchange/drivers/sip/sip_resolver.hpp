// Finding where a SIP URI's host is reached (RFC 3263 clause 4): NAPTR, SRV, then addresses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/loop.hpp"
#include "sip/engine_types.hpp"

namespace strowger::exchange::drivers {

/// A host to look for; the same fields as sip::Resolve, owned.
struct SipTarget {
  std::string host;
  std::uint16_t port = 0;  // 0: none was given
  std::optional<sip::Transport> transport;
  bool secure = false;
};

/// The flows (listener 0, to be chosen by the caller) in the order in which to try them; empty
/// where the host can't be found.
using SipTargets = std::function<void(std::vector<sip::Flow>)>;

/// Looks up on the loop; `done` is called from the loop, once. `random` breaks ties of SRV weights
/// (RFC 2782): it returns a number below its argument.
void resolve_sip_target(io::Loop& loop, SipTarget target,
                        std::function<std::uint64_t(std::uint64_t)> random, SipTargets done);

}  // namespace strowger::exchange::drivers
