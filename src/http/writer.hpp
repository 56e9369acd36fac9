// Writes heads of HTTP/1.1 messages. What could split a head in two (CR, LF, NUL in a name or a
// value) is never written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace strowger::http {

/// "Not Found" for 404; "Status" for what has no name of its own. RFC 9110 15.
[[nodiscard]] std::string_view reason_of(int status);

/// Whether a value can stand in a head: no control characters but tabs.
[[nodiscard]] bool is_field_value(std::string_view value);

/// Appends to a string of the owner's. One thread; allocates where the string grows.
class HeadWriter {
 public:
  explicit HeadWriter(std::string& out) : out_(out) {}

  HeadWriter& request(std::string_view method, std::string_view target);
  HeadWriter& response(int status, std::string_view reason = {});
  /// Nothing is written, and `ok` says so from then on, where the name is no token or the value no
  /// field value.
  HeadWriter& field(std::string_view name, std::string_view value);
  HeadWriter& field(std::string_view name, std::uint64_t value);
  /// The empty line.
  void finish() { out_ += "\r\n"; }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::string& out_;
  bool ok_ = true;
};

}  // namespace strowger::http
