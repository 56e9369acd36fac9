// Holds packets until they may leave. One thread, that of the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/octets.hpp"
#include "io/loop.hpp"
#include "tests/tools/relay/impairment.hpp"

namespace strowger::relay {

class DelayLine {
 public:
  using Emit = std::function<void(core::Octets)>;

  DelayLine(io::Loop& loop, const ImpairmentOptions& options, Emit emit)
      : loop_(loop), impairment_(options), emit_(std::move(emit)) {}

  void take(core::Octets packet);
  [[nodiscard]] const ImpairmentCounters& counters() const { return impairment_.counters(); }

 private:
  io::Loop& loop_;
  Impairment impairment_;
  Emit emit_;
};

}  // namespace strowger::relay
