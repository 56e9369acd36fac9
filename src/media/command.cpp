#include "media/command.hpp"

#include <type_traits>

namespace strowger::media {

std::array<PortId, 2> ports_of(const Command& command) {
  return std::visit(
      [](const auto& one) -> std::array<PortId, 2> {
        using Kind = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Kind, BridgePorts>) {
          return {one.a, one.b};
        } else if constexpr (std::is_same_v<Kind, AddPort>) {
          return {one.port->id(), PortId{}};
        } else if constexpr (std::is_same_v<Kind, PlaySounds> || std::is_same_v<Kind, SendDtmf>) {
          return {one.job->port, PortId{}};
        } else if constexpr (std::is_same_v<Kind, AddConference> ||
                             std::is_same_v<Kind, CloseConference> ||
                             std::is_same_v<Kind, Announce>) {
          return {};
        } else {
          return {one.port, PortId{}};
        }
      },
      command);
}

}  // namespace strowger::media
