// A UDP socket without a loop, for a real-time thread that ticks: it is asked for what has come,
// and sends at once. After `open` nothing here allocates, locks or waits.
//
// One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "io/descriptor.hpp"
#include "io/loop.hpp"

namespace strowger::io {

class PolledUdp final : public UdpSocket {
 public:
  /// Longer datagrams are counted (`truncated`) and dropped.
  static constexpr std::size_t most_octets = 32U << 10U;
  /// Datagrams that one `receive` takes at most: what comes faster waits in the kernel.
  static constexpr std::size_t most_a_turn = 64;

  /// By a normal thread. `handler` outlives it; it hears of datagrams alone, not of failures, which
  /// are counted.
  [[nodiscard]] static Result<std::unique_ptr<PolledUdp>> open(const core::Address& local,
                                                               UdpHandler& handler,
                                                               const UdpOptions& options = {});

  /// Hands what has come to the handler, one datagram at a time; never waits.
  void receive(core::Time now);

  void send(const core::Address& to, core::Octets octets) override;
  void flush() override {}
  [[nodiscard]] core::Address local() const override { return local_; }
  [[nodiscard]] UdpCounters counters() const override { return counters_; }

 private:
  PolledUdp(Descriptor descriptor, UdpHandler& handler);

  Descriptor descriptor_;
  UdpHandler& handler_;
  core::Address local_;
  UdpCounters counters_;
  std::array<core::Octet, most_octets> room_{};
};

}  // namespace strowger::io
