// Any octets as a chunked body: the same data, end or fault however they are cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/body.hpp"

namespace {

using namespace strowger;

std::string read(core::Octets octets, std::size_t piece) {
  http::BodyReader reader({http::BodyLength::Kind::chunked, 0}, {10'000, 100, 500});
  std::string out;
  std::size_t arrived = 0;
  while (true) {
    const auto step = reader.next(octets.first(arrived));
    if (!step) {
      return out + "|" + to_string(step.error().fault);
    }
    if (step->consumed > arrived || step->data.size() > step->consumed) {
      std::abort();
    }
    out += core::text_of(step->data);
    octets = octets.subspan(step->consumed);
    arrived -= step->consumed;
    if (step->done) {
      return out + "|done " + std::to_string(octets.size());
    }
    if (step->consumed == 0) {
      if (arrived == octets.size()) {
        return out + "|more";
      }
      arrived += std::min(piece, octets.size() - arrived);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::Octets octets{data, size};
  // Where a fault ends it, how much of the chunk before it was data depends on nothing but octets.
  if (read(octets, size) != read(octets, 1)) {
    std::abort();
  }
  return 0;
}
