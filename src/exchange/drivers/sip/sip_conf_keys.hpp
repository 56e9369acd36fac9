// Keys of chan_sip that need no setting here.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/conf.hpp"

namespace strowger::exchange::drivers {

struct KeyWithoutEffect {
  std::string_view key;
  std::string_view why;
};

[[nodiscard]] std::span<const KeyWithoutEffect> sip_general_keys_without_effect();
[[nodiscard]] std::span<const KeyWithoutEffect> sip_peer_keys_without_effect();

/// Marks them as known; each that stands in the section gets one notice.
void accept_keys_without_effect(base::ConfKeys& keys, std::vector<base::ConfError>& notices,
                                std::span<const KeyWithoutEffect> table);

}  // namespace strowger::exchange::drivers
