// HDLC: any line gives frames within their limits, the same however it is cut; and each frame that
// was heard can be sent and heard again.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "hdlc/receiver.hpp"
#include "hdlc/transmitter.hpp"

namespace {

using namespace strowger;
using Frames = std::vector<std::vector<core::Octet>>;

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

Frames heard(core::Octets line, std::size_t part) {
  hdlc::Receiver receiver;
  Frames frames;
  for (std::size_t at = 0; at < line.size(); at += part) {
    receiver.input(line.subspan(at, std::min(part, line.size() - at)),
                   [&](const hdlc::ReceiverEvent& event) {
                     if (event.kind == hdlc::ReceiverEvent::Kind::frame) {
                       require(event.frame.size() >= 3 && event.frame.size() <= 276);
                       frames.emplace_back(event.frame.begin(), event.frame.end());
                     }
                   });
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const core::Octets line(data + 1, size - 1);
  const Frames frames = heard(line, line.size());
  require(frames == heard(line, 1 + data[0] % 9U));

  // The octets themselves as frames.
  Frames sent;
  for (std::size_t at = 0; at + 3 <= line.size();) {
    const std::size_t length = std::min<std::size_t>(3 + line[at] % 64U, line.size() - at);
    if (length >= 3) {
      sent.emplace_back(line.begin() + static_cast<std::ptrdiff_t>(at),
                        line.begin() + static_cast<std::ptrdiff_t>(at + length));
    }
    at += length;
  }
  hdlc::Transmitter transmitter;
  std::vector<core::Octet> out(size * 2 + 64);
  std::size_t next = 0;
  transmitter.transmit(out, [&](core::MutableOctets room) -> std::size_t {
    if (next == sent.size()) {
      return 0;
    }
    std::copy(sent[next].begin(), sent[next].end(), room.begin());
    return sent[next++].size();
  });
  const Frames again = heard(out, out.size());
  require(again.size() <= sent.size() && std::equal(again.begin(), again.end(), sent.begin()));
  require(next < sent.size() || again.size() + 1 >= sent.size());
  return 0;
}
