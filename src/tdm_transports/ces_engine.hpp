// A bundle of timeslots over datagrams as an engine (ARCHITECTURE.md, "The engine contract"): each
// tick takes the octets to send and gives those received; datagrams come out when they are full.
// Pure; one thread; allocates at construction only.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/actions.hpp"
#include "core/engine.hpp"
#include "tdm/line.hpp"
#include "tdm_transports/ces_buffer.hpp"
#include "tdm_transports/cesopsn.hpp"

namespace strowger::tdm_transports {

struct CesConfig {
  std::size_t timeslots = 31;  // N, 1 to 32
  std::size_t packet_ms = 5;   // 1 to 40; both ends alike
  std::size_t jitter_ms = 20;  // how late a packet may be, beyond the soonest
  bool redundancy = false;     // each datagram has the payload before as well; both ends alike
  bool rtp = false;            // an RTP header before the control word; both ends alike
  std::uint8_t rtp_payload_type = 96;
  std::uint32_t rtp_ssrc = 0;
  /// Of the first datagram. Clause 4.3 asks that nobody can guess it: draw it.
  std::uint16_t first_sequence = 0;
  core::Octet fill = 0xFF;  // heard where nothing came
};

struct CesCounters {
  std::uint64_t sent = 0;      // datagrams
  std::uint64_t received = 0;  // datagrams, good ones
  std::uint64_t malformed = 0;
  std::optional<CesError> last_error;
};

class CesEngine {
 public:
  struct Send {
    core::Octets datagram;  // in the arena
  };
  using Action = Send;
  struct Source {};
  /// One tick: both hold frames_a_tick * timeslots octets. `in` is filled before `command` returns.
  struct Tick {
    core::Octets out;
    core::MutableOctets in;
    bool local_defect = false;  // the line at this end is dead: L, and no payload
    bool local_rdi = false;     // the line at this end reports a remote defect: M = 2
  };
  using Command = Tick;
  static constexpr std::size_t max_datagram =
      rtp::header_octets + control_word_octets +
      std::size_t{2} * 40 * tdm::frames_a_tick * tdm::max_timeslots;
  static constexpr core::StepSize max_step{1, max_datagram};

  /// What lies outside its range is brought into it.
  explicit CesEngine(const CesConfig& config);

  /// Refuses, and changes nothing, where the sizes are not a tick's.
  core::Result<void, CesError> command(const Command& tick, core::Time now,
                                       core::Actions<Action>& actions);
  std::size_t input(core::Octets datagram, const Source& source, core::Time now,
                    core::Actions<Action>& actions);
  void expire(core::Time /*now*/, core::Actions<Action>& /*actions*/) {}
  /// A line that never stops is asked on each tick.
  [[nodiscard]] std::optional<core::Time> next_deadline() const { return std::nullopt; }

  /// Red: loss of packets; blue: the far end's line is dead (L); yellow: it does not hear us (R),
  /// or its line reports RDI (M).
  [[nodiscard]] tdm::Alarms alarms() const;
  [[nodiscard]] const CesConfig& config() const { return config_; }
  [[nodiscard]] const CesCounters& counters() const { return counters_; }
  [[nodiscard]] const CesBufferCounters& buffer() const { return buffer_.counters(); }

 private:
  void send(const Tick& tick, core::Actions<Action>& actions);
  void refuse(CesError error);

  CesConfig config_;
  std::size_t payload_octets_;
  CesBuffer buffer_;
  std::vector<core::Octet> filling_;   // the payload that is being gathered
  std::vector<core::Octet> previous_;  // the one before, for redundancy
  std::size_t filled_ = 0;
  std::uint16_t sequence_ = 0;
  std::uint32_t timestamp_ = 0;
  ControlWord heard_;  // of the last good datagram
  CesCounters counters_;
};

}  // namespace strowger::tdm_transports
