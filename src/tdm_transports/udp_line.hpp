// A line over UDP: CesEngine with a socket. It belongs to the thread that moves its ticks. With a
// loop, that is the loop's thread, and sending is the loop's, which gathers datagrams. Without one,
// `exchange` receives and sends itself: what a real-time thread needs, as it neither locks,
// allocates nor waits.
#pragma once

#include <memory>

#include "base/engine_driver.hpp"
#include "io/loop.hpp"
#include "io/polled_udp.hpp"
#include "tdm/line.hpp"
#include "tdm_transports/ces_engine.hpp"

namespace strowger::tdm_transports {

struct UdpLineConfig {
  CesConfig ces;
  core::Address local;
  core::Address remote;  // datagrams from elsewhere are counted and dropped
};

class UdpLine final : public tdm::Line, private io::UdpHandler {
 public:
  /// The failures are those of the socket.
  [[nodiscard]] static io::Result<std::unique_ptr<UdpLine>> open(io::Loop& loop,
                                                                 const UdpLineConfig& config);
  /// Without a loop.
  [[nodiscard]] static io::Result<std::unique_ptr<UdpLine>> open(const UdpLineConfig& config);
  ~UdpLine() override;

  [[nodiscard]] std::size_t timeslots() const override { return engine_.config().timeslots; }
  void exchange(core::Octets out, core::MutableOctets in, core::Time now) override;
  [[nodiscard]] tdm::Alarms alarms() const override { return engine_.alarms(); }
  [[nodiscard]] const tdm::LineCounters& counters() const override { return counters_; }

  [[nodiscard]] const CesEngine& engine() const { return engine_; }
  [[nodiscard]] core::Address local() const { return socket_->local(); }
  /// Before the first tick, where the far end's port is known later.
  void set_remote(const core::Address& remote) { remote_ = remote; }
  [[nodiscard]] std::uint64_t strangers() const { return strangers_; }

 private:
  friend class base::EngineDriver<CesEngine, UdpLine>;
  explicit UdpLine(const UdpLineConfig& config);
  void on_datagrams(std::span<const io::Datagram> datagrams, core::Time now) override;
  void deliver(const CesEngine::Action& action, core::Time now);
  void wake_at(std::optional<core::Time> /*when*/) {}

  CesEngine engine_;
  base::EngineDriver<CesEngine, UdpLine> driver_;
  core::Address remote_;
  std::unique_ptr<io::UdpSocket> socket_;
  io::PolledUdp* polled_ = nullptr;  // the socket, where there is no loop
  std::uint64_t strangers_ = 0;
  tdm::LineCounters counters_;
};

}  // namespace strowger::tdm_transports
