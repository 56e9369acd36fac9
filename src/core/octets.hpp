// Octet views, and a bounds-checked big-endian reader and writer over them. Freestanding; nothing
// here allocates or fails by exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace strowger::core {

using Octet = std::uint8_t;
using Octets = std::span<const Octet>;
using MutableOctets = std::span<Octet>;

/// The octets of a text, and the text of octets; both view the same memory.
[[nodiscard]] inline Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const Octet*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view text_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Reads network-order numbers and runs of octets. A read past the end returns zero or an empty
/// view and marks the reader failed; the caller checks `ok()` once, at the end.
class OctetReader {
 public:
  constexpr explicit OctetReader(Octets octets) : octets_(octets) {}

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  constexpr std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  constexpr std::uint64_t u64() { return number(8); }
  constexpr Octets take(std::size_t count) {
    if (!has(count)) {
      return {};
    }
    const Octets taken = octets_.subspan(offset_, count);
    offset_ += count;
    return taken;
  }
  constexpr void skip(std::size_t count) { (void)take(count); }

  /// The octets not read yet; the reader stays where it is.
  [[nodiscard]] constexpr Octets rest() const { return octets_.subspan(offset_); }
  [[nodiscard]] constexpr std::size_t offset() const { return offset_; }
  [[nodiscard]] constexpr bool ok() const { return ok_; }

 private:
  constexpr bool has(std::size_t count) {
    ok_ = ok_ && count <= octets_.size() - offset_;
    return ok_;
  }
  constexpr std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const Octet octet : take(width)) {
      value = value << 8U | octet;
    }
    return value;
  }

  Octets octets_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

/// Writes network-order numbers and runs of octets into lent memory. A write past the end changes
/// nothing and marks the writer failed.
class OctetWriter {
 public:
  constexpr explicit OctetWriter(MutableOctets room) : room_(room) {}

  constexpr void u8(std::uint8_t value) { number(value, 1); }
  constexpr void u16(std::uint16_t value) { number(value, 2); }
  constexpr void u24(std::uint32_t value) { number(value, 3); }
  constexpr void u32(std::uint32_t value) { number(value, 4); }
  constexpr void u64(std::uint64_t value) { number(value, 8); }
  constexpr void octets(Octets source) {
    if (has(source.size())) {
      for (const Octet octet : source) {
        room_[size_++] = octet;
      }
    }
  }
  void text(std::string_view source) { octets(octets_of(source)); }

  [[nodiscard]] constexpr Octets written() const { return room_.first(size_); }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool ok() const { return ok_; }

 private:
  constexpr bool has(std::size_t count) {
    ok_ = ok_ && count <= room_.size() - size_;
    return ok_;
  }
  constexpr void number(std::uint64_t value, std::size_t width) {
    if (has(width)) {
      for (std::size_t i = width; i-- > 0;) {
        room_[size_++] = static_cast<Octet>(value >> (8U * i));
      }
    }
  }

  MutableOctets room_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace strowger::core
