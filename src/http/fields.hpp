// The fields of a head, read where they stand: a view over text that the parser has found good.
// Pure; allocates nothing; any thread. Views hold as long as the octets that were parsed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace strowger::http {

/// token of RFC 9110 5.6.2: at least one tchar.
[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool is_token_char(char c);
/// Without the blanks and tabs of OWS (RFC 9110 5.6.3) at both ends.
[[nodiscard]] std::string_view without_blanks(std::string_view text);

struct Field {
  std::string_view name;
  std::string_view value;  // without white space at its ends
};

class Fields {
 public:
  Fields() = default;
  /// `text`: whole field lines, each with its CRLF, that `parse_fields` has accepted.
  explicit Fields(std::string_view text) : text_(text) {}

  class Iterator {
   public:
    explicit Iterator(std::string_view rest) : rest_(rest) { read(); }
    const Field& operator*() const { return field_; }
    const Field* operator->() const { return &field_; }
    Iterator& operator++() {
      rest_.remove_prefix(line_);
      read();
      return *this;
    }
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    void read();
    std::string_view rest_;
    std::size_t line_ = 0;
    Field field_;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(text_); }
  [[nodiscard]] Iterator end() const { return Iterator(text_.substr(text_.size())); }

  /// The first field of that name, in whatever case; nothing where there is none.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// Whether the list `name` (Connection, Upgrade ...: RFC 9110 5.6.1), over all its fields, has
  /// the member `word`, in whatever case.
  [[nodiscard]] bool lists(std::string_view name, std::string_view word) const;

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

/// Goes through a comma-separated list (RFC 9110 5.6.1): members without white space at their ends,
/// commas within quotes not taken as such, empty members left out.
class ListReader {
 public:
  explicit ListReader(std::string_view value) : rest_(value) {}
  /// The next member; nothing at the end.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

/// Splits at the first `separator` outside quotes: what stands before it; `rest` is what stands
/// behind it, and nothing (a null view) where there is none.
[[nodiscard]] std::string_view split_unquoted(std::string_view text, char separator,
                                              std::string_view& rest);

}  // namespace strowger::http
