// The flight recorder: what went into an engine, call by call, and a digest of what came out, so
// that the same engine can be fed again, anywhere, and must do the same. The format is written down
// in docs/flight-recorder.md.
//
// This header is the recorder itself, without any engine: a bounded ring of records. What turns
// calls into records and back is in base/flight_tap.hpp (recording) and base/flight_replay.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/actions.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace strowger::base {

/// Which function of the engine was called, or `outcome`: what came of the call before.
enum class FlightKind : std::uint8_t {
  input = 1,
  event = 2,
  command = 3,
  expire = 4,
  transmit = 5,
  outcome = 6,
  chance = 7,  // random octets that the engine drew, between a call and its outcome or at its birth
};
[[nodiscard]] std::string_view to_string(FlightKind kind);

/// What a replay needs before the first record.
struct FlightHeader {
  std::string engine{};                 // "sip": which engine reads this
  std::string build{};                  // version and commit of the program that recorded
  std::uint64_t seed = 0;               // of the engine's injected randomness
  core::Time started{};                 // the engine's time of birth
  std::vector<core::Octet> snapshot{};  // its configuration, in a form that its owner can read
};

struct FlightRecord {
  FlightKind kind = FlightKind::expire;
  core::Time at;
  core::StepSize room;   // the room lent for actions; for transmit, `octets` is the room to fill
  core::Octets payload;  // encoded arguments; empty for expire; of chance, the octets drawn
  // Of an outcome only:
  std::uint64_t digest = 0;
  std::uint32_t actions = 0;
};

struct FlightRecorderConfig {
  std::size_t ring_octets = 4U << 20U;  // reserved now; the oldest records make way for new ones
  /// Where set, also gets the header and then every record at once: a recording from birth, of any
  /// length. Called on the recorder's thread, so it must not block where that thread must not.
  std::function<void(core::Octets)> sink = nullptr;
};

/// Belongs to the engine's thread. Recording neither allocates nor blocks (but see `sink`).
class FlightRecorder {
 public:
  FlightRecorder(FlightHeader header, FlightRecorderConfig config);

  /// Before the call, so that a call that never returns is on record.
  void begin(FlightKind kind, core::Time at, core::StepSize room, core::Octets payload);
  /// Octets that the engine draws from the system's randomness, which no seed gives again.
  void chance(core::Octets drawn);
  /// After the call.
  void end(std::uint64_t digest, std::uint32_t actions);

  /// The recording as a file's content: header, what the ring holds, checksum. Allocates.
  [[nodiscard]] std::vector<core::Octet> dump() const;

  /// Records that made way or never fitted. A recording that lost any can't be replayed from birth.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t recorded() const { return recorded_; }

 private:
  void append(core::Octets front, core::Octets payload);
  void evict();
  void put(core::Octets octets);
  [[nodiscard]] core::Octet at(std::size_t offset) const;

  FlightHeader header_;
  FlightRecorderConfig config_;
  std::vector<core::Octet> ring_;
  std::size_t first_ = 0;  // where the oldest record begins
  std::size_t used_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t recorded_ = 0;
};

enum class FlightError : std::uint8_t {
  not_a_recording,  // the first octets are something else
  unknown_version,  // made by a later program
  truncated,        // ends within the header or a record
  checksum,         // changed after it was written
  bad_record,       // a record of no known kind, or whose arguments can't be decoded
  lost_records,     // the ring had overflowed: the beginning is missing
  wrong_engine,     // recorded from another engine
};
[[nodiscard]] std::string_view to_string(FlightError error);

/// A recording that was read back. Records point into `octets`.
struct FlightRecording {
  FlightHeader header;
  std::uint64_t lost = 0;
  std::vector<FlightRecord> records;
  std::vector<core::Octet> octets;
};

/// Takes the content of a file, as `dump` or the sink made it.
[[nodiscard]] core::Result<FlightRecording, FlightError> read_flight(
    std::vector<core::Octet> octets);

/// Gives a replayed engine the chance it had. The recording outlives it.
class FlightChance {
 public:
  explicit FlightChance(const FlightRecording& recording) : recording_(recording) {}

  /// Fills the room with what was drawn next. False, and zeros, where the engine draws something
  /// else than it did: its next outcome will differ.
  bool draw(core::MutableOctets room);

 private:
  const FlightRecording& recording_;
  std::size_t next_ = 0;
};

/// Writes a file that only its owner may read, as recordings hold what callers said and the digests
/// of passwords; reads a whole file. Blocks on the disk; errors are sentences.
[[nodiscard]] core::Result<void, std::string> write_flight_file(const std::string& path,
                                                                core::Octets octets);
/// A sink that appends to such a file, begun anew. It blocks where the disk does: to find a fault,
/// not for every day.
[[nodiscard]] core::Result<std::function<void(core::Octets)>, std::string> flight_file_sink(
    const std::string& path);
[[nodiscard]] core::Result<std::vector<core::Octet>, std::string> read_flight_file(
    const std::string& path);

/// FNV-1a, 64 bits: tells accidental differences, resists no one.
class FlightDigest {
 public:
  constexpr void add(core::Octets octets) {
    for (const core::Octet octet : octets) {
      value_ = (value_ ^ octet) * 0x100000001B3U;
    }
  }
  constexpr void add(std::uint64_t number) {
    for (unsigned i = 0; i < 64; i += 8) {
      value_ = (value_ ^ (number >> i & 0xFFU)) * 0x100000001B3U;
    }
  }
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325U;
};

}  // namespace strowger::base
