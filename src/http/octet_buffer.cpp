#include "http/octet_buffer.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace strowger::http {
namespace {

/// The class of blocks for a size, and the size of a class.
std::size_t class_of(std::size_t size, std::size_t smallest) {
  std::size_t number = 0;
  while (smallest << (2 * number) < size) {
    ++number;
  }
  return number;
}

}  // namespace

BufferStock::Block BufferStock::take(std::size_t size) {
  const std::size_t number = class_of(size, smallest);
  if (number >= classes) {
    const std::size_t exact = std::bit_ceil(size);
    return {std::make_unique_for_overwrite<core::Octet[]>(exact), exact};
  }
  std::vector<Block>& free = free_[number];
  if (free.empty()) {
    const std::size_t exact = smallest << (2 * number);
    return {std::make_unique_for_overwrite<core::Octet[]>(exact), exact};
  }
  Block block = std::move(free.back());
  free.pop_back();
  kept_ -= block.size;
  return block;
}

void BufferStock::give_back(Block block) {
  const std::size_t number = class_of(block.size, smallest);
  if (block.size == 0 || number >= classes || kept_ + block.size > kept_limit_) {
    return;
  }
  kept_ += block.size;
  free_[number].push_back(std::move(block));
}

OctetBuffer::OctetBuffer(OctetBuffer&& other) noexcept
    : block_{std::move(other.block_.room), std::exchange(other.block_.size, 0)},
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)) {}

OctetBuffer& OctetBuffer::operator=(OctetBuffer&& other) noexcept {
  if (this != &other) {
    block_ = {std::move(other.block_.room), std::exchange(other.block_.size, 0)};
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
  }
  return *this;
}

core::MutableOctets OctetBuffer::room(std::size_t size, BufferStock& stock) {
  if (block_.size - end_ < size) {
    const std::size_t held = this->size();
    if (block_.size - held >= size && begin_ >= held) {
      std::memcpy(block_.room.get(), block_.room.get() + begin_, held);
    } else {
      BufferStock::Block smaller = std::exchange(block_, stock.take(held + size));
      if (held > 0) {
        std::memcpy(block_.room.get(), smaller.room.get() + begin_, held);
      }
      stock.give_back(std::move(smaller));
    }
    begin_ = 0;
    end_ = held;
  }
  return {block_.room.get() + end_, block_.size - end_};
}

core::MutableOctets OctetBuffer::spare() {
  return {block_.room.get() + end_, block_.size - end_};
}

void OctetBuffer::append(core::Octets octets, BufferStock& stock) {
  if (!octets.empty()) {
    std::memcpy(room(octets.size(), stock).data(), octets.data(), octets.size());
    added(octets.size());
  }
}

void OctetBuffer::drop(std::size_t size, BufferStock& stock) {
  begin_ += size;
  if (begin_ >= end_) {
    clear(stock);
  }
}

void OctetBuffer::clear(BufferStock& stock) {
  stock.give_back(std::exchange(block_, BufferStock::Block{}));
  begin_ = 0;
  end_ = 0;
}

}  // namespace strowger::http
