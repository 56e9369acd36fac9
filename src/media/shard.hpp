// The real-time side of the media service: the ports of one thread, their sockets, the tick.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "io/descriptor.hpp"
#include "media/job.hpp"
#include "media/media_clock.hpp"
#include "media/outbox.hpp"
#include "media/port.hpp"
#include "media/receive_batch.hpp"
#include "media/room.hpp"
#include "rt/command_queue.hpp"

namespace strowger::media {

// What normal threads ask of a shard. Ports and jobs change owner with the command.
struct AddPort {
  Port* port;
};
struct ClosePort {
  PortId port;
};
struct SetRemote {
  PortId port;
  Remote remote;
};
struct BridgePorts {
  PortId a;
  PortId b;
};
struct UnbridgePort {
  PortId port;
};
struct EchoPort {
  PortId port;
  bool on;
};
struct PlaySounds {
  PlayJob* job;
};
struct StopPlaying {
  PortId port;
};
struct SendDtmf {
  DtmfJob* job;
};
struct DetectDtmf {
  PortId port;
  bool on;
};
using Command = std::variant<AddPort, ClosePort, SetRemote, BridgePorts, UnbridgePort, EchoPort,
                             PlaySounds, StopPlaying, SendDtmf, DetectDtmf>;

struct ShardConfig {
  std::uint32_t max_ports = 0;
  core::Duration learn_window;
  std::string cname;
};

/// Everything but the constructor, the destructor and `request_stop` is called by one thread, the
/// shard's own; with a clock without descriptor a test is that thread.
class Shard {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  Shard(const ShardConfig& config, MediaClock& clock, Outbox& outbox, ShardTally& tally);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// For the pushing side.
  [[nodiscard]] rt::CommandQueue<Command>& commands() { return commands_; }

  /// Works until `request_stop`. A RealTimeSection from beginning to end.
  void run();
  void request_stop();

  /// Waits up to `timeout_ms` (-1: until something happens) for commands, packets and ticks, and
  /// does what is there.
  void turn(int timeout_ms);
  /// Does what the commands say.
  void carry_out_commands();
  /// As if each port had been told to close. After `run` has returned.
  void close_all();
  /// 20 ms of media for every port, at `now`.
  void tick(core::Time now);

 private:
  static constexpr std::size_t command_room = 4096;
  /// Stalls up to here are caught up; what exceeds it is skipped (more than the jitter buffers of
  /// phones hold).
  static constexpr std::uint64_t most_catch_up = 25;

  [[nodiscard]] Room room(core::Time now);
  [[nodiscard]] Port* find(PortId id);
  void watch(int descriptor, std::uint64_t key);
  void catch_up();
  void receive(std::uint64_t key, const Room& room);

  void carry_out(const AddPort& command);
  void carry_out(const ClosePort& command);
  void carry_out(const SetRemote& command);
  void carry_out(const BridgePorts& command);
  void carry_out(const UnbridgePort& command);
  void carry_out(const EchoPort& command);
  void carry_out(const PlaySounds& command);
  void carry_out(const StopPlaying& command);
  void carry_out(const SendDtmf& command);
  void carry_out(const DetectDtmf& command);

  ShardConfig config_;
  MediaClock& clock_;
  Outbox& outbox_;
  ShardTally& tally_;
  rt::Wakeup wakeup_;
  rt::CommandQueue<Command> commands_;
  io::Descriptor epoll_;
  std::vector<Port*> ports_;   // by slot; null: none
  std::vector<Port*> active_;  // the same, without holes
  std::uint64_t music_clock_ = 0;
  std::atomic<bool> stop_{false};
  ReceiveBatch batch_;
};

}  // namespace strowger::media
