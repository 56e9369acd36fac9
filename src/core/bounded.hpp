// Bounded containers: no heap, no growth, a refusal instead. Freestanding.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace strowger::core {

/// A list of up to N trivially copied values.
template <class T, std::size_t N>
class BoundedVector {
 public:
  constexpr bool push_back(const T& value) {
    if (size_ == N) {
      return false;
    }
    items_[size_++] = value;
    return true;
  }
  constexpr void clear() { size_ = 0; }
  constexpr void pop_back() { --size_; }
  constexpr void erase_unordered(std::size_t index) { items_[index] = items_[--size_]; }

  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr bool full() const { return size_ == N; }
  [[nodiscard]] static constexpr std::size_t capacity() { return N; }
  constexpr T& operator[](std::size_t index) { return items_[index]; }
  constexpr const T& operator[](std::size_t index) const { return items_[index]; }
  constexpr T* begin() { return items_.data(); }
  constexpr T* end() { return items_.data() + size_; }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }

 private:
  std::array<T, N> items_{};
  std::size_t size_ = 0;
};

/// A text of up to N characters. `assign` refuses, and changes nothing, when it does not fit.
template <std::size_t N>
class BoundedString {
 public:
  constexpr BoundedString() = default;

  constexpr bool assign(std::string_view text) {
    if (text.size() > N) {
      return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      text_[i] = text[i];
    }
    size_ = text.size();
    return true;
  }
  constexpr bool append(std::string_view text) {
    if (text.size() > N - size_) {
      return false;
    }
    for (const char c : text) {
      text_[size_++] = c;
    }
    return true;
  }

  [[nodiscard]] constexpr std::string_view view() const { return {text_.data(), size_}; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }

 private:
  std::array<char, N> text_{};
  std::size_t size_ = 0;
};

}  // namespace strowger::core
