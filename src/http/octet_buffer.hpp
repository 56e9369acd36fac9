// Growing memory that is lent, not owned for ever: a buffer takes its room from a stock when it
// gets something to hold and gives it back when it is empty, so that connections which are idle
// hold nothing, and busy ones use the same warm memory again and again. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "core/octets.hpp"

namespace strowger::http {

class BufferStock {
 public:
  struct Block {
    std::unique_ptr<core::Octet[]> room;
    std::size_t size = 0;
  };

  /// `kept_octets`: how much free memory is kept for the next.
  explicit BufferStock(std::size_t kept_octets = 1U << 20U) : kept_limit_(kept_octets) {}

  /// At least so many octets.
  [[nodiscard]] Block take(std::size_t size);
  void give_back(Block block);
  [[nodiscard]] std::size_t kept_octets() const { return kept_; }

 private:
  static constexpr std::size_t smallest = 2U << 10U;
  static constexpr std::size_t classes = 5;  // each four times the one before
  std::array<std::vector<Block>, classes> free_;
  std::size_t kept_limit_;
  std::size_t kept_ = 0;
};

/// Appended behind, taken in front.
class OctetBuffer {
 public:
  OctetBuffer() = default;
  OctetBuffer(OctetBuffer&& other) noexcept;
  OctetBuffer& operator=(OctetBuffer&& other) noexcept;

  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] core::Octets view() const { return {block_.room.get() + begin_, size()}; }

  /// Room for `size` more octets behind what there is; to be followed by `added`.
  [[nodiscard]] core::MutableOctets room(std::size_t size, BufferStock& stock);
  /// Room that is there already, perhaps none.
  [[nodiscard]] core::MutableOctets spare();
  void added(std::size_t size) { end_ += size; }
  void append(core::Octets octets, BufferStock& stock);
  /// Forgets the last octets.
  void shorten(std::size_t size) { end_ -= size; }
  /// Forgets the first octets; gives the memory back with the last.
  void drop(std::size_t size, BufferStock& stock);
  void clear(BufferStock& stock);

 private:
  BufferStock::Block block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace strowger::http
