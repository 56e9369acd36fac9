#include "tdm/config.hpp"

#include <algorithm>

namespace strowger::tdm {

std::string_view to_string(Framing framing) {
  switch (framing) {
    case Framing::octets:
      return "octets";
    case Framing::hdlc:
      return "hdlc";
    case Framing::mtp2:
      break;
  }
  return "mtp2";
}

std::vector<Group> TdmConfig::groups() const {
  std::vector<Group> groups;
  for (std::size_t s = 0; s < spans.size(); ++s) {
    for (std::size_t c = 0; c < spans[s].channels.size(); ++c) {
      const ChannelConfig& channel = spans[s].channels[c];
      if (channel.group.empty() || !carries_voice(channel.type)) {
        continue;
      }
      auto group = std::find_if(groups.begin(), groups.end(),
                                [&](const Group& known) { return known.name == channel.group; });
      if (group == groups.end()) {
        group = groups.insert(groups.end(), Group{channel.group, {}});
      }
      group->channels.push_back({SpanId(static_cast<std::uint16_t>(s + 1)),
                                 ChannelNumber(static_cast<std::uint16_t>(c + 1))});
    }
  }
  return groups;
}

}  // namespace strowger::tdm
