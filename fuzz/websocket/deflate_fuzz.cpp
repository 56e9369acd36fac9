// Any octets inflated in pieces within a limit, and any octets deflated and inflated again, message
// after message, at every window.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "websocket/deflate.hpp"

namespace {

using namespace strowger;
using websocket::Inflater;

constexpr std::size_t limit = 50'000;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const int bits = 8 + data[0] % 8;
  const core::Octets octets{data + 1, size - 1};
  websocket::BufferStock stock;
  websocket::OctetBuffer out;
  {
    Inflater inflater(bits);
    Inflater::Outcome outcome = Inflater::Outcome::good;
    core::Octets rest = octets;
    while (!rest.empty() && outcome == Inflater::Outcome::good) {
      const core::Octets part = rest.first(std::min<std::size_t>(rest.size(), 1U + data[0] / 8U));
      rest = rest.subspan(part.size());
      outcome = inflater.inflate(part, out, limit, stock);
    }
    demand(out.size() <= limit + 1);
    demand(outcome != Inflater::Outcome::good || out.size() <= limit);
    out.clear(stock);
  }
  websocket::Deflater deflater(bits, {});
  Inflater inflater(bits);
  for (int round = 0; round < 3; ++round) {
    websocket::OctetBuffer packed;
    deflater.deflate(octets, packed, stock);
    demand(inflater.inflate(packed.view(), out, size, stock) == Inflater::Outcome::good);
    demand(inflater.finish(out, size, stock) == Inflater::Outcome::good);
    demand(std::equal(octets.begin(), octets.end(), out.view().begin(), out.view().end()));
    packed.clear(stock);
    out.clear(stock);
  }
  return 0;
}
