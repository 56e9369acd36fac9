// RTCP: never reads outside the datagram (the sanitizers watch), and what was understood can be
// written and understood again.
#include <array>
#include <cstdlib>

#include "rtp/rtcp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strowger::rtp;
  const Ssrc about(0x01020304);
  const auto reports = parse_rtcp({data, size}, about);
  if (!reports) {
    return 0;
  }
  std::array<strowger::core::Octet, max_rtcp_octets> room{};
  const auto written =
      write_rtcp({reports->sender, reports->has_sender_info ? &reports->sender_info : nullptr,
                  reports->has_block ? &reports->block : nullptr, "fuzz", reports->goodbye},
                 room);
  const auto again = parse_rtcp(written, about);
  if (!again || again->has_block != reports->has_block || again->goodbye != reports->goodbye ||
      again->block.cumulative_lost != reports->block.cumulative_lost ||
      again->sender_info.ntp.value != reports->sender_info.ntp.value) {
    std::abort();
  }
  return 0;
}
