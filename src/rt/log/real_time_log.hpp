// The log of a real-time thread: binary records in a FIFO, formatted by a normal thread.
//
// Writing costs the copy of a few words; nothing is formatted, allocated or waited for. What finds
// no room is lost, counted, and told by the next `drain`.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/log.hpp"
#include "core/time.hpp"
#include "rt/locked_memory.hpp"
#include "rt/record_fifo.hpp"

namespace strowger::rt {

/// The fixed half of a line. A constant of the program: a record carries its address, so it must
/// outlive the log.
struct LogLine {
  static constexpr std::size_t most_fields = 4;

  base::LogLevel level = base::LogLevel::info;
  std::string_view sentence;
  std::array<std::string_view, most_fields> names{};  // of the values, in their order
};

/// One writer, the real-time thread, and one reader.
class RealTimeLog {
 public:
  /// Longer texts are cut.
  static constexpr std::size_t most_text = 64;

  /// Allocates `octets`, a power of two, at least 1 KiB. A line without values takes 24 octets,
  /// each number 16 more, each text 8 more than its length.
  explicit RealTimeLog(std::size_t octets);

  // ---- the real-time thread

  /// False, and counted, when there is no room. A line below the level is no loss. Values are
  /// integers, doubles, bools and views of text; the text is copied.
  template <class... Values>
  bool write(const LogLine& line, core::Time at, Values... values) {
    static_assert(sizeof...(values) <= LogLine::most_fields);
    if (line.level < level_.load(std::memory_order_relaxed)) {
      return true;
    }
    const std::size_t octets = 2 * sizeof(Word) + (std::size_t{0} + ... + size_of(values));
    const auto room = fifo_.claim(octets, line.level < base::LogLevel::warning ? reserve_ : 0);
    if (!room) {
      return false;
    }
    Word* to = reinterpret_cast<Word*>(room->data());
    *to++ = reinterpret_cast<std::uintptr_t>(&line);
    *to++ = static_cast<Word>(at.ns);
    ((to = put(to, values)), ...);
    fifo_.publish(sizeof...(values), octets);
    return true;
  }

  template <class... Values>
  bool write(const LogLine&& gone_with_the_call, core::Time at, Values... values) = delete;

  // ---- the reader

  /// Hands at most `most` lines to the log and says how many there were. Each has a field `at_us`
  /// more: when it happened, on the monotonic clock.
  std::size_t drain(const base::Logger& logger, std::size_t most = SIZE_MAX);

  /// What the real-time thread touches, to be locked before it starts.
  [[nodiscard]] std::span<std::byte> memory() { return memory_of(words_); }

  // ---- any thread

  /// Takes effect with the next line.
  void set_level(base::LogLevel level) { level_.store(level, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t lost() const { return fifo_.refused(); }
  [[nodiscard]] FifoFigures figures() const { return fifo_.figures(); }

 private:
  using Word = RecordFifo::Word;
  /// The first word of a value: what it is, and the length of a text.
  enum class Tag : std::uint8_t { signed_number, unsigned_number, real, truth, text };

  static constexpr std::size_t words_of(std::string_view text) {
    return (std::min(text.size(), most_text) + sizeof(Word) - 1) / sizeof(Word);
  }
  template <class Value>
  static constexpr std::size_t size_of(const Value& value) {
    if constexpr (std::is_convertible_v<Value, std::string_view>) {
      return (1 + words_of(value)) * sizeof(Word);
    } else {
      return 2 * sizeof(Word);
    }
  }
  static constexpr Word tagged(Tag tag, std::size_t length = 0) {
    return Word{static_cast<std::uint8_t>(tag)} << 32U | length;
  }
  template <class Value>
  static Word* put(Word* to, const Value& value) {
    if constexpr (std::is_convertible_v<Value, std::string_view>) {
      return put_text(to, value);
    } else if constexpr (std::is_same_v<Value, bool>) {
      return put_word(to, Tag::truth, value ? 1 : 0);
    } else if constexpr (std::is_floating_point_v<Value>) {
      return put_real(to, value);
    } else if constexpr (std::is_signed_v<Value>) {
      return put_word(to, Tag::signed_number, static_cast<Word>(std::int64_t{value}));
    } else {
      static_assert(std::is_unsigned_v<Value>, "integers, doubles, bools and text");
      return put_word(to, Tag::unsigned_number, value);
    }
  }
  static Word* put_word(Word* to, Tag tag, Word value) {
    *to++ = tagged(tag);
    *to++ = value;
    return to;
  }
  static Word* put_real(Word* to, double value);
  static Word* put_text(Word* to, std::string_view text);
  /// Reads one value; `from` moves behind it.
  static base::LogField take(std::string_view name, const Word*& from);
  static void write_line(const base::Logger& logger, const RecordView& record);

  std::vector<Word> words_;
  RecordFifo fifo_;
  std::size_t reserve_;
  std::atomic<base::LogLevel> level_{base::LogLevel::trace};
  std::uint64_t lost_told_ = 0;  // the reader's
};

}  // namespace strowger::rt
