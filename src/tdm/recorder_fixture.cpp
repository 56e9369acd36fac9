#include "tdm/recorder_fixture.hpp"

#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {

TdmConfig loopback_config(std::uint16_t channels, bool two_pairs) {
  TdmConfig config;
  const std::vector<std::string> names =
      two_pairs ? std::vector<std::string>{"a", "b", "c", "d"} : std::vector<std::string>{"a", "b"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    SpanConfig span = span_config(names[i], channels);
    span.signalling_peer = names[i ^ 1U];
    if (i % 2 == 0) {
      for (ChannelConfig& channel : span.channels) {
        channel.group = "out";
      }
    }
    config.spans.push_back(span);
  }
  return config;
}

}  // namespace strowger::tdm
