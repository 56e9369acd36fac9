// A bounded FIFO of records of different lengths between one producer and one consumer thread:
// messages of a protocol, lines of a log. Freestanding. A ring of words, so all that SpscFifo
// promises holds here; a record lies in one piece, and where it would wrap, the rest of the ring is
// filled with one that the consumer skips.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rt/spsc_fifo.hpp"

namespace strowger::rt {

/// `octets` is aligned to 8 and valid until the record is released.
struct RecordView {
  std::uint32_t kind = 0;  // the producer's own number
  std::span<const std::byte> octets;
};

template <class Atomics = StandardAtomics>
class BasicRecordFifo {
 public:
  using Word = std::uint64_t;

  /// A record takes its octets, rounded up to 8, and 8 more. The words are lent; their number must
  /// be a power of two (it is cut down to one).
  explicit BasicRecordFifo(std::span<Word> words) : words_(words) {}

  /// The largest record: with its header half of the ring, or it might never find room in one
  /// piece.
  [[nodiscard]] std::size_t largest() const {
    const std::size_t half = words_.capacity() / 2;
    return half == 0 ? 0 : (half - 1) * sizeof(Word);
  }

  // ---- the producer's side

  /// Room for one record of `octets`, aligned to 8, to be written in place; then `publish`.
  /// Nothing, and counted in `refused`, when it is too large or there is no room. `spare` octets
  /// are left free beside it (see ClassedProducer).
  [[nodiscard]] std::optional<std::span<std::byte>> claim(std::size_t octets,
                                                          std::size_t spare = 0) {
    if (octets > largest() || !make_run(1 + words_for(octets), words_for(spare))) {
      words_.refuse(1);
      return std::nullopt;
    }
    return std::as_writable_bytes(words_.claim(1 + words_for(octets)).subspan(1)).first(octets);
  }
  /// Sends what was claimed last. `octets` may be fewer than were claimed.
  void publish(std::uint32_t kind, std::size_t octets) {
    publish_words({static_cast<std::uint32_t>(octets), kind}, 1 + words_for(octets));
  }
  /// A copy of `octets`; false, and counted, when there is no room.
  bool push(std::uint32_t kind, std::span<const std::byte> octets) {
    const auto room = claim(octets.size());
    if (!room) {
      return false;
    }
    std::copy(octets.begin(), octets.end(), room->begin());
    publish(kind, octets.size());
    return true;
  }

  // ---- the consumer's side

  /// The oldest record, to be read in place; then `release`.
  [[nodiscard]] std::optional<RecordView> front() {
    for (auto first = words_.front(1); !first.empty(); first = words_.front(1)) {
      const Header header = unpack(first.front());
      if (header.octets != skip) {
        // Published whole: where the header is seen, the rest is there as well.
        front_words_ = 1 + words_for(header.octets);
        return RecordView{
            header.kind, std::as_bytes(words_.front(front_words_).subspan(1)).first(header.octets)};
      }
      words_.release(header.kind);
    }
    return std::nullopt;
  }
  /// Gives back the record that `front` showed last.
  void release() {
    words_.release(front_words_);
    front_words_ = 0;
  }
  /// As SpscFifo::empty. May be false when only filling is left: `front` then says the rest.
  [[nodiscard]] bool empty() { return words_.empty(); }

  // ---- any thread

  /// All in octets, `refused` in records.
  [[nodiscard]] FifoFigures figures() const {
    const FifoFigures words = words_.figures();
    return {words.capacity * sizeof(Word), words.depth * sizeof(Word),
            words.high_water * sizeof(Word), words.taken_in * sizeof(Word), words.refused};
  }
  [[nodiscard]] std::uint64_t refused() const { return words_.refused(); }

 private:
  struct Header {
    std::uint32_t octets = 0;
    std::uint32_t kind = 0;
  };
  /// In place of a length: a filling of as many words as `kind` says.
  static constexpr std::uint32_t skip = UINT32_MAX;

  static constexpr std::size_t words_for(std::size_t octets) {
    return (octets + sizeof(Word) - 1) / sizeof(Word);
  }
  static constexpr Word pack(Header header) { return Word{header.octets} << 32U | header.kind; }
  static constexpr Header unpack(Word word) {
    return {static_cast<std::uint32_t>(word >> 32U), static_cast<std::uint32_t>(word)};
  }

  /// Sees to it that the next `wanted` free words lie in one piece.
  bool make_run(std::size_t wanted, std::size_t spare) {
    const std::size_t to_end = words_.capacity() - position_;
    const std::size_t filling = wanted > to_end ? to_end : 0;
    const std::size_t needed = filling + wanted + spare;
    if (words_.room(needed) < needed) {
      return false;
    }
    if (filling > 0) {
      publish_words({skip, static_cast<std::uint32_t>(filling)}, filling);
    }
    return true;
  }
  void publish_words(Header header, std::size_t count) {
    words_.claim(1).front() = pack(header);
    words_.publish(count);
    position_ = (position_ + count) & (words_.capacity() - 1);
  }

  SpscFifo<Word, Atomics> words_;
  std::size_t position_ = 0;     // the producer's place in the ring
  std::size_t front_words_ = 0;  // the consumer's record at the front
};

using RecordFifo = BasicRecordFifo<>;

}  // namespace strowger::rt
