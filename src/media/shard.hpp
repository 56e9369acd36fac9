// The real-time side of the media service: the ports of one thread, their sockets, the tick.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/descriptor.hpp"
#include "media/command.hpp"
#include "media/media_clock.hpp"
#include "media/outbox.hpp"
#include "media/port.hpp"
#include "media/receive_batch.hpp"
#include "media/room.hpp"
#include "media/shard_health.hpp"
#include "rt/command_queue.hpp"

namespace strowger::media {

struct ShardConfig {
  std::uint32_t index = 0;   // among the service's shards
  std::uint32_t shards = 1;  // how many there are
  std::uint32_t max_ports = 0;
  core::Duration learn_window;
  std::string cname;
};

/// Everything but the constructor, the destructor and `request_stop` is called by one thread, the
/// shard's own; with a clock without descriptors a test is that thread.
///
/// Each port has one of the twenty ticks of a frame, so that packets leave evenly and nothing waits
/// behind a burst of them. A port that comes from another shard keeps its beat.
class Shard {
 public:
  /// Throws std::system_error when the process has no descriptor left. The vector of `peers` (all
  /// shards of the service, this one among them) may be filled afterwards, before the first move.
  Shard(const ShardConfig& config, MediaClock& clock, Outbox& outbox, ShardTally& tally,
        ShardHealth& health, const std::vector<Shard*>& peers);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// For the pushing side.
  [[nodiscard]] rt::CommandQueue<Command>& commands() { return commands_; }

  /// What its thread touches beside the ports, to be locked before it starts.
  [[nodiscard]] std::vector<std::span<std::byte>> memory();

  /// Works until `request_stop`. A RealTimeSection from beginning to end.
  void run();
  void request_stop();

  /// Waits up to `timeout_ms` (-1: until something happens) for commands, packets and ticks, and
  /// does what is there: ticks before packets, as those are few and timed.
  void turn(int timeout_ms);
  /// Takes in what other shards have sent and does what the commands say.
  void carry_out_commands();
  /// As if each port had been told to close. After `run` has returned.
  void close_all();
  /// The next millisecond of media, at its time: the ports of its slot listen, then they speak.
  void tick(core::Time at);
  /// Twenty ticks at one time, for tests without a clock.
  void frame(core::Time now);

  /// Ports in each slot.
  [[nodiscard]] std::array<std::size_t, slots_of_a_frame> slot_loads() const;

 private:
  static constexpr std::size_t command_room = 4096;
  /// Packets that may come between two looks at the clock: 64 sockets.
  static constexpr std::size_t events_a_turn = 64;

  struct Departed {
    Port* port;
    std::uint32_t from;
  };

  // shard.cpp
  [[nodiscard]] Room room(core::Time now);
  void watch(int descriptor, std::uint64_t key, std::uint32_t events);
  void catch_up();
  void receive(std::uint64_t key, const Room& room);
  [[nodiscard]] bool idle();

  // shard_ports.cpp: who is on this shard
  [[nodiscard]] Port* find(PortId id);
  [[nodiscard]] Conference* find(ConferenceId id);
  void seat(Port& port, std::uint32_t slot);
  void unseat(Port& port);
  [[nodiscard]] std::uint32_t least_loaded_slot();
  void take_in();
  void adopt(Port& port, std::uint32_t from);
  void give_back_announcement(Conference& conference);

  // shard_commands.cpp
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
  void carry_out(const MovePort& command);
  void carry_out(const AddConference& command);
  void carry_out(const CloseConference& command);
  void carry_out(const JoinConference& command);
  void carry_out(const LeaveConference& command);
  void carry_out(const Announce& command);

  ShardConfig config_;
  MediaClock& clock_;
  Outbox& outbox_;
  ShardTally& tally_;
  ShardHealth& health_;
  const std::vector<Shard*>& peers_;
  rt::Wakeup wakeup_;
  rt::CommandQueue<Command> commands_;
  io::Descriptor epoll_;
  std::vector<Port*> ports_;  // by the slot of their id; null: none
  std::array<std::vector<Port*>, slots_of_a_frame> slots_;
  std::vector<std::uint8_t> slot_of_;  // by the slot of their id
  std::uint32_t last_slot_ = 0;
  std::vector<Conference*> conferences_;        // by the slot of their id
  std::uint64_t next_tick_ = slots_of_a_frame;  // number; so that frame 0 is before all
  core::Time last_tick_at_;
  // From each other shard, in order; none of them is ever full, as it has room for every port.
  struct Inbox {
    explicit Inbox(std::size_t room) : slots(room), fifo(slots) {}
    std::vector<Departed> slots;
    rt::SpscFifo<Departed> fifo;
  };
  std::vector<std::unique_ptr<Inbox>> inboxes_;
  std::atomic<bool> stop_{false};
  ReceiveBatch batch_;
};

}  // namespace strowger::media
