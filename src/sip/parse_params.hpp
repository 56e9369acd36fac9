// Lists within header values, read lazily: parameters (";name=value") and elements (comma lists).
// Views into the value; folds, quotes and angle brackets are understood. Nothing allocates.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace strowger::sip {

/// One parameter. `value` is as it stands, with the quotes where it is a quoted string.
struct Param {
  std::string_view name;
  std::string_view value;
  bool has_value = false;
};

/// Parameters behind a header value or URI, each after a separator: ";tag=1;lr". Walking over them
/// stops at the first that is malformed; `well_formed` says whether there is one.
class Params {
 public:
  Params() = default;
  /// `text` begins with the separator or is empty. `separator` is ';' or, for digest, ','.
  constexpr Params(char separator, std::string_view text) : text_(text), separator_(separator) {}

  class Iterator {
   public:
    Iterator() = default;
    Iterator(std::string_view rest, char separator);
    const Param& operator*() const { return param_; }
    const Param* operator->() const { return &param_; }
    Iterator& operator++() {
      step();
      return *this;
    }
    bool operator==(const Iterator& other) const { return done_ == other.done_; }
    [[nodiscard]] bool malformed() const { return malformed_; }

   private:
    void step();

    std::string_view rest_;
    Param param_;
    char separator_ = ';';
    bool done_ = true;
    bool malformed_ = false;
  };
  [[nodiscard]] Iterator begin() const { return {text_, separator_}; }
  [[nodiscard]] static Iterator end() { return {}; }

  /// The first parameter of that name, without regard to case.
  [[nodiscard]] std::optional<Param> find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  /// Its value without quotes (quoted pairs stay); nothing where absent, "" where it has none.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] bool well_formed() const;
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string_view text_;
  char separator_ = ';';
};

/// Cuts the first element off a comma list: commas within quotes or angle brackets do not count.
/// `rest` moves behind the comma. The element comes trimmed and may be empty.
[[nodiscard]] std::string_view next_element(std::string_view& rest);

/// Removes white space and folds (SP, HTAB, CR, LF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// Equal without regard to the case of ASCII letters.
[[nodiscard]] bool same_text(std::string_view a, std::string_view b);
/// Removes the quotes around a quoted string; text without quotes stays.
[[nodiscard]] std::string_view unquote(std::string_view text);

}  // namespace strowger::sip
