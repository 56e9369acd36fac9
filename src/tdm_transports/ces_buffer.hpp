// The jitter buffer of a CESoPSN receiver: payloads by sequence number, played out tick by tick.
// Pure; allocates at construction only. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/octets.hpp"

namespace strowger::tdm_transports {

struct CesBufferConfig {
  std::size_t payload_octets = 0;  // of one packet
  std::size_t ticks_a_packet = 5;
  std::size_t target_packets = 4;  // kept waiting: the jitter that is taken without loss
  core::Octet fill = 0xFF;         // played where a packet is missing
  /// Consecutive packets that are missing until the state "loss of packets", and that are there
  /// until its end (the defaults of RFC 5604's pwTDMCfg objects).
  unsigned lost_to_enter = 10;
  unsigned good_to_leave = 2;
};

struct CesBufferCounters {
  std::uint64_t played = 0;    // packets
  std::uint64_t missing = 0;   // packets that were filled in
  std::uint64_t late = 0;      // that came after their time
  std::uint64_t repeated = 0;  // that were there already
  std::uint64_t restored = 0;  // that came as the repetition in a later datagram alone
  std::uint64_t dropped = 0;   // to keep the delay down
  std::uint64_t restarts = 0;  // the buffer was filled anew
};

class CesBuffer {
 public:
  explicit CesBuffer(const CesBufferConfig& config);

  /// A payload; `repetition`: it was sent before. An empty one is played as all ones (RFC 5086
  /// clause 6.2.2, L set).
  void put(std::uint16_t sequence, core::Octets payload, bool repetition);
  /// The octets of the next tick; false where they are filler.
  bool take(core::MutableOctets into);

  /// The "loss of packets" state (RFC 5086 clause 6.2.2): nothing to be played for long.
  [[nodiscard]] bool losing() const { return losing_; }
  [[nodiscard]] const CesBufferCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  struct Slot {
    bool full = false;
    bool ones = false;
    std::uint16_t sequence = 0;
  };
  [[nodiscard]] std::size_t index(std::uint16_t sequence) const { return sequence % slots_.size(); }
  [[nodiscard]] core::MutableOctets octets(std::uint16_t sequence);
  void restart(std::uint16_t sequence);
  void next_packet();
  void judge(bool there);

  CesBufferConfig config_;
  std::vector<Slot> slots_;
  std::vector<core::Octet> octets_;
  std::size_t waiting_ = 0;
  bool filling_ = true;  // not played until target_packets wait
  bool begun_ = false;   // `next_` means something
  bool losing_ = true;
  std::uint16_t next_ = 0;  // the packet being played, or to be
  std::size_t tick_ = 0;    // of it
  unsigned strangers_ = 0;  // in a row, out of the window
  unsigned missing_in_row_ = 0;
  unsigned good_in_row_ = 0;
  CesBufferCounters counters_;
};

}  // namespace strowger::tdm_transports
