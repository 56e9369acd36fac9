// The audio of a channel: a real-time thread moves the timeslot's octets, one user thread at a time
// reads and writes samples or octets, waits for them with a deadline, sends and hears digits.
//
// Between the two lie FIFOs alone. The timeslot's side (`exchange`) neither locks, allocates nor
// waits. The user's functions are for one normal thread at a time; `wait` is the only one that
// waits.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bounded.hpp"
#include "media/dtmf.hpp"
#include "media/g711.hpp"
#include "rt/spsc_fifo.hpp"
#include "rt/wakeup.hpp"
#include "tdm/config.hpp"
#include "tdm/gain.hpp"
#include "tdm/line.hpp"
#include "tdm/media_dump.hpp"

namespace strowger::tdm {

/// Takes the echo of what is sent out of what is received. Called by the reading user, after gains,
/// with as many samples of each, aligned as they passed the timeslot.
class EchoCanceller {
 public:
  EchoCanceller() = default;
  EchoCanceller(const EchoCanceller&) = delete;
  EchoCanceller& operator=(const EchoCanceller&) = delete;
  virtual ~EchoCanceller() = default;
  virtual void process(std::span<media::Sample> received, std::span<const media::Sample> sent) = 0;
};

struct ChannelMediaConfig {
  media::Codec law = media::Codec::pcma;
  double receive_gain_db = 0;   // -24 to 24
  double transmit_gain_db = 0;  // -24 to 24
  bool detect_dtmf = true;
  bool statistics = true;  // iostats
  /// debugdtmf: what was heard around each digit goes to FILE-1.raw, FILE-2.raw and so on (see
  /// DigitDump), by the reading thread; digits are listened for even without detect_dtmf. Empty:
  /// none.
  std::string digit_dump;
  std::size_t buffer_octets = 4096;  // each direction, a power of two: half a second
};
/// What the configuration says of a channel, which the span must have.
[[nodiscard]] ChannelMediaConfig media_config(const TdmConfig& config, const SpanConfig& span,
                                              ChannelNumber channel);

/// All zero where the channel's statistics are off (iostats).
struct ChannelMediaCounters {
  std::uint64_t received = 0;   // octets, from the timeslot
  std::uint64_t sent = 0;       // octets, to the timeslot
  std::uint64_t overruns = 0;   // received octets that nobody read in time
  std::uint64_t underruns = 0;  // octets of silence sent while the channel was open
  // The most octets that have waited for the reader and for the timeslot, right to a sixteenth of
  // the buffer.
  std::size_t most_received = 0;
  std::size_t most_to_send = 0;
};

class ChannelMedia final : public Timeslot {
 public:
  explicit ChannelMedia(const ChannelMediaConfig& config);
  ~ChannelMedia() override;

  // ---- the timeslot's thread
  void exchange(core::Octets in, core::MutableOctets out, core::Time now) override;

  // ---- the user's thread

  /// A closed channel drops what comes in and sends silence. Opening forgets what was in the
  /// buffers.
  void open();
  void close();

  /// As many samples as there are, at most `into.size()`: decoded, amplified, echo cancelled,
  /// listened to for digits.
  std::size_t read(std::span<media::Sample> into);
  /// As many as there is room for. Digits being sent take the place of what is written.
  std::size_t write(std::span<const media::Sample> samples);
  /// The octets as they are on the wire, for data calls: no gain, no digits, no echo canceller.
  std::size_t read_octets(core::MutableOctets into);
  std::size_t write_octets(core::Octets octets);

  enum class For : std::uint8_t { reading, writing };
  /// Until at least `octets` can be read (or written), or `longest` is over; whether they can. More
  /// than the buffer holds can never be.
  bool wait(For what, std::size_t octets, core::Duration longest);

  /// 0-9, A-D, * and #; false, and nothing is sent, where there is another character or too many
  /// wait (64). The tones go out with the following writes, or with silence.
  bool send_dtmf(std::string_view digits, core::Duration on = core::milliseconds(100),
                 core::Duration off = core::milliseconds(50));
  [[nodiscard]] bool sending_dtmf() const;
  /// The next digit heard; nothing where none was.
  std::optional<char> heard_digit();

  void set_gains(double receive_db, double transmit_db);
  /// Null: none. Must outlive the channel or be taken back.
  void set_echo_canceller(EchoCanceller* canceller) { echo_ = canceller; }
  void set_dump(std::unique_ptr<MediaDump> dump) { dump_ = std::move(dump); }

  /// Any thread.
  [[nodiscard]] ChannelMediaCounters counters() const;

 private:
  /// One octet received, and what was sent at the same moment (for the echo canceller).
  struct Heard {
    core::Octet received = 0;
    core::Octet sent = 0;
  };
  struct Pending {
    char digit = 0;
    std::uint32_t on = 0;   // samples
    std::uint32_t off = 0;  // samples
  };
  void listen(std::span<const media::Sample> part);
  std::size_t fill_digits(std::span<media::Sample> into);
  [[nodiscard]] std::size_t readable() const;
  [[nodiscard]] std::size_t writable() const;
  void flush_received();

  media::Codec law_;
  Gain receive_gain_;
  Gain transmit_gain_;
  bool detect_dtmf_;
  bool statistics_;
  std::vector<Heard> in_slots_;
  std::vector<core::Octet> out_slots_;
  rt::SpscFifo<Heard> in_;
  rt::SpscFifo<core::Octet> out_;
  rt::Wakeup wakeup_;
  std::atomic<bool> open_{false};
  std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> underruns_{0};
  std::uint64_t taken_ = 0;  // octets read or dropped, by the user
  std::uint64_t given_ = 0;  // octets written, by the user
  media::DtmfDetector detector_;
  core::BoundedVector<char, 64> heard_;
  core::BoundedVector<Pending, 64> to_send_;
  std::size_t sending_at_ = 0;      // the digit of to_send_ that is being sent
  std::uint32_t sent_samples_ = 0;  // of it
  media::ToneGenerator tone_;
  EchoCanceller* echo_ = nullptr;
  std::unique_ptr<MediaDump> dump_;
  std::optional<DigitDump> digit_dump_;
};

}  // namespace strowger::tdm
