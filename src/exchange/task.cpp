#include "exchange/task.hpp"

#include <algorithm>

namespace strowger::exchange::detail {

void* allocate_frame(std::size_t octets, FrameMeter& meter) {
  const std::size_t whole = octets + sizeof(FrameHeader);
  auto* header = new (::operator new(whole)) FrameHeader{&meter, whole};
  meter.frames += 1;
  meter.octets += whole;
  meter.peak_octets = std::max(meter.peak_octets, meter.octets);
  return header + 1;
}

void release_frame(void* frame) noexcept {
  FrameHeader* header = static_cast<FrameHeader*>(frame) - 1;
  header->meter->frames -= 1;
  header->meter->octets -= header->octets;
  ::operator delete(header);
}

}  // namespace strowger::exchange::detail
