// Relays UDP datagrams between two pairs of addresses, impaired in both directions.
#pragma once

#include <memory>
#include <optional>

#include "io/loop.hpp"
#include "tests/tools/relay/delay_line.hpp"

namespace strowger::relay {

struct DatagramRelayOptions {
  core::Address left_local;
  std::optional<core::Address> left_remote;  // none: whoever spoke last
  core::Address right_local;
  core::Address right_remote;
  ImpairmentOptions impairment;  // the right-to-left direction uses the next seed
};

class DatagramRelay {
 public:
  static io::Result<std::unique_ptr<DatagramRelay>> open(io::Loop& loop,
                                                         const DatagramRelayOptions& options);
  ~DatagramRelay();
  DatagramRelay(const DatagramRelay&) = delete;
  DatagramRelay& operator=(const DatagramRelay&) = delete;

  [[nodiscard]] core::Address left() const;
  [[nodiscard]] core::Address right() const;
  [[nodiscard]] const ImpairmentCounters& left_to_right() const;
  [[nodiscard]] const ImpairmentCounters& right_to_left() const;

 private:
  struct Side;
  DatagramRelay();
  std::unique_ptr<Side> left_;
  std::unique_ptr<Side> right_;
};

}  // namespace strowger::relay
