// Records of the SIP engine from anywhere: what decodes must encode to the same meaning again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "base/flight_tap.hpp"
#include "sip/flight_codec.hpp"

namespace {

using strowger::core::Octets;

template <class T>
std::vector<std::uint8_t> encoded(const T& value) {
  strowger::base::FlightScratch scratch;
  const Octets octets = scratch.encoded([&](strowger::core::OctetWriter& writer) {
    strowger::sip::FlightCodec().encode(value, writer);
  });
  return {octets.begin(), octets.end()};
}

template <class T>
void round_trip(Octets record) {
  strowger::sip::FlightCodec codec;
  strowger::core::OctetReader reader(record);
  T value;
  codec.decode(reader, value);
  if (!reader.ok()) {
    return;
  }
  const auto once = encoded(value);
  strowger::core::OctetReader again(once);
  T same;
  codec.decode(again, same);
  if (!again.ok() || encoded(same) != once) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets record(data, size);
  round_trip<strowger::sip::Event>(record);
  round_trip<strowger::sip::Command>(record);
  (void)strowger::sip::decode_start(record);
  return 0;
}
