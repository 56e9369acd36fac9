// Zone files and time specifications: whatever a zone file holds, civil times stay in range.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "exchange/dialplan/time_spec.hpp"
#include "exchange/dialplan/time_zone.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strowger;
  using namespace strowger::exchange::dialplan;
  const auto spec = TimeSpec::parse(core::text_of({data, size}));
  const auto zone = TimeZone::parse({data, size});
  for (const std::int64_t ns : {INT64_MIN, std::int64_t{-1}, std::int64_t{0},
                                std::int64_t{1'795'527'935'000'000'000}, INT64_MAX}) {
    const CivilTime civil = zone.value_or(TimeZone()).civil({ns});
    if (civil.month < 1 || civil.month > 12 || civil.day < 1 || civil.day > 31 ||
        civil.weekday < 0 || civil.weekday > 6 || civil.hour < 0 || civil.hour > 23) {
      std::abort();
    }
    if (spec) {
      (void)spec->contains(civil);
    }
  }
  return 0;
}
