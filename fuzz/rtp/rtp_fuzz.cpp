// RTP: whatever parses has a payload within the datagram, and its header is written as it was read.
#include <array>
#include <cstdlib>

#include "rtp/packet.hpp"
#include "rtp/telephone_event.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strowger;
  const core::Octets datagram(data, size);
  const auto packet = rtp::parse(datagram);
  if (!packet) {
    return 0;
  }
  std::array<core::Octet, rtp::header_octets> written{};
  rtp::write_header(packet->header, written);
  const bool inside =
      packet->payload.empty() || (packet->payload.data() >= data + rtp::header_octets &&
                                  packet->payload.data() + packet->payload.size() <= data + size);
  bool same = written[1] == data[1];
  for (std::size_t i = 2; i < written.size(); ++i) {
    same = same && written[i] == data[i];
  }
  if (!inside || !same) {
    std::abort();
  }
  rtp::EventReceiver receiver;
  receiver.input(packet->header, packet->payload, core::Time{});
  return 0;
}
