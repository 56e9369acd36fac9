// Relays whole Ethernet frames between two network interfaces (one end of a veth pair each),
// impaired in both directions: whatever the two namespaces behind them say to each other, on
// whatever port. Only IPv4 and IPv6 are impaired; ARP passes. Needs CAP_NET_RAW.
#pragma once

#include <memory>
#include <string>

#include "io/epoll_loop.hpp"
#include "tests/tools/relay/delay_line.hpp"

namespace strowger::relay {

struct FrameRelayOptions {
  std::string left_interface;
  std::string right_interface;
  ImpairmentOptions impairment;  // the right-to-left direction uses the next seed
};

class FrameRelay {
 public:
  static io::Result<std::unique_ptr<FrameRelay>> open(io::EpollLoop& loop,
                                                      const FrameRelayOptions& options);
  ~FrameRelay();
  FrameRelay(const FrameRelay&) = delete;
  FrameRelay& operator=(const FrameRelay&) = delete;

  [[nodiscard]] const ImpairmentCounters& left_to_right() const;
  [[nodiscard]] const ImpairmentCounters& right_to_left() const;

 private:
  struct Side;
  FrameRelay();
  std::unique_ptr<Side> left_;
  std::unique_ptr<Side> right_;
};

}  // namespace strowger::relay
