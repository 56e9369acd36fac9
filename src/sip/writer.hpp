// Writes a SIP message into lent octets, strict in what it emits: no value may carry a line end or
// another control character, display names are quoted, user parts percent-encoded, Content-Length
// is computed. Errors stick: write all of it and look at what `finish` gives. One thread; allocates
// nothing.
//
//   MessageWriter out(room);
//   out.request_line(Method::invite, "sip:100@192.0.2.1");
//   out.via({.transport = "UDP", .sent_by = address, .branch = branch});
//   out.begin(HeaderName::from).quoted_display("Alice").uri_in_brackets(uri).param("tag",
//   tag).end(); out.header(HeaderName::call_id, call_id); auto octets =
//   out.finish("application/sdp", sdp);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/address.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "sip/headers_table.hpp"
#include "sip/message.hpp"

namespace strowger::sip {

enum class WriteError : std::uint8_t {
  too_long,         // the room is used up, or 65,535 octets are
  forbidden_octet,  // CR, LF, NUL or another control character in a value
  bad_name,         // a header, method or parameter name that is no token
  bad_uri,          // a character that would end the URI: white space, <, > or "
  out_of_order,     // start line missing or twice, or a value not ended
};
[[nodiscard]] const char* to_string(WriteError error);

struct ViaParts {
  std::string_view transport;  // "UDP", "TCP", "TLS", "WS", "WSS"
  core::Address sent_by;       // port 0: none is written
  std::string_view host;       // used instead of sent_by's host where not empty
  std::string_view branch;     // with its cookie
  bool rport = true;           // RFC 3581
};

class MessageWriter {
 public:
  explicit MessageWriter(core::MutableOctets room);

  void request_line(Method method, std::string_view uri);
  void request_line(std::string_view method, std::string_view uri);
  /// An empty phrase stands for the usual one.
  void status_line(std::uint16_t status, std::string_view phrase = {});

  void header(HeaderName name, std::string_view value);
  void header(std::string_view name, std::string_view value);
  void header(HeaderName name, std::uint32_t value);
  void via(const ViaParts& parts);
  void cseq(std::uint32_t number, std::string_view method);
  /// All fields of that name of another message, in order, folds removed.
  void copy(const Message& from, HeaderName name);

  // A value from parts: begin(...) ... end(). Each returns the writer.
  MessageWriter& begin(HeaderName name);
  MessageWriter& begin(std::string_view name);
  /// As it stands; line ends are refused, and control characters that are no quoted pairs.
  MessageWriter& text(std::string_view text);
  MessageWriter& number(std::uint64_t value);
  /// A value, or the front of one, taken from a parsed message: folds become spaces.
  MessageWriter& copied(std::string_view value);
  /// "text" in quotes, quotes and backslashes escaped, control characters dropped.
  MessageWriter& quoted(std::string_view text);
  /// A display name in quotes and a space; nothing where empty.
  MessageWriter& quoted_display(std::string_view name);
  /// <uri>
  MessageWriter& uri_in_brackets(std::string_view uri);
  /// scheme:user@host:port from parts; the user part is percent-encoded. Without brackets.
  MessageWriter& sip_uri(std::string_view user, const core::Address& host,
                         std::string_view scheme = "sip");
  MessageWriter& sip_uri(std::string_view user, std::string_view host, std::uint16_t port,
                         std::string_view scheme = "sip");
  /// host:port, IPv6 in brackets; port 0: none.
  MessageWriter& host_port(const core::Address& host);
  MessageWriter& host_port(std::string_view host, std::uint16_t port);
  /// ;name=value, or ;name where the value is empty
  MessageWriter& param(std::string_view name, std::string_view value = {});
  MessageWriter& param(std::string_view name, std::uint64_t value);
  MessageWriter& quoted_param(std::string_view name, std::string_view value);
  void end();

  /// Content-Type (where there is a body), Content-Length, the empty line and the body. The whole
  /// message, or the first error.
  [[nodiscard]] core::Result<core::Octets, WriteError> finish(std::string_view content_type = {},
                                                              std::string_view body = {});

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  enum class Stage : std::uint8_t { start, fields, value, finished };

  void fail(WriteError error);
  bool expect(Stage stage);
  void put(std::string_view text);
  void put(char c) { put(std::string_view{&c, 1}); }
  void put_number(std::uint64_t value);
  void put_checked(std::string_view text);
  void put_uri(std::string_view uri);
  void begin_uri(std::string_view user, std::string_view scheme);
  void put_unfolded(std::string_view value);

  core::MutableOctets room_;
  std::size_t size_ = 0;
  std::optional<WriteError> error_;
  Stage stage_ = Stage::start;
};

/// Percent-encodes what a user part may not hold (RFC 3261 clause 25.1: unreserved and
/// user-unreserved stay) into `room`; nothing where it does not fit.
[[nodiscard]] std::optional<std::string_view> encode_user(std::string_view user,
                                                          std::span<char> room);

}  // namespace strowger::sip
