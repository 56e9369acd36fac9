// Heads of HTTP/1.1 messages (RFC 9112, RFC 9110), read strictly: what two programs could read
// differently is refused, so that nothing can be smuggled past either of them.
//
// Pure; allocates nothing; any thread. Views hold as long as the octets that were parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/octets.hpp"
#include "http/fault.hpp"
#include "http/fields.hpp"

namespace strowger::http {

struct HeadLimits {
  std::size_t head_octets = 16U << 10U;  // of a whole head
  std::size_t target_octets = 8'000;     // RFC 9112 3 recommends to take at least 8,000
  std::size_t fields = 100;
};

/// Finds the end of a head in octets that arrive piece by piece, looking at each octet once, and
/// refuses as soon as it can: a line without CR, a control character, too many octets.
class HeadFinder {
 public:
  explicit HeadFinder(const HeadLimits& limits = {}) : limits_(limits) {}

  /// `octets`: all from the head's first on, that is those of the last call and more behind them.
  /// The length of the head with its empty line; nothing where its end has not arrived.
  [[nodiscard]] Result<std::optional<std::size_t>> find(core::Octets octets);
  /// For the next head.
  void reset() { *this = HeadFinder(limits_); }

 private:
  HeadLimits limits_;
  std::size_t seen_ = 0;
  std::size_t line_start_ = 0;
  bool first_line_ = true;
};

/// A request's head. `target` is as it stands in the request line.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::string_view path;       // of the target, still percent-encoded; "*" as it is; never empty
  std::string_view query;      // behind the '?', without it
  std::string_view authority;  // from the target where it has one, otherwise Host
  int minor = 1;               // of HTTP/1.x
  Fields fields;

  /// Whether the connection may go on after this exchange (RFC 9112 9.3).
  [[nodiscard]] bool keep_alive() const;
};

struct ResponseHead {
  int status = 0;
  std::string_view reason;
  int minor = 1;
  Fields fields;

  [[nodiscard]] bool keep_alive() const;
};

/// `head`: as many octets as HeadFinder found. Empty lines before the request line (one at most:
/// RFC 9112 2.2) are the caller's to skip.
[[nodiscard]] Result<RequestHead> parse_request(core::Octets head, const HeadLimits& limits = {});
[[nodiscard]] Result<ResponseHead> parse_response(core::Octets head, const HeadLimits& limits = {});
/// Field lines (of a trailer, say) that begin at `offset` of something bigger.
[[nodiscard]] Result<Fields> parse_fields(std::string_view text, std::size_t offset,
                                          const HeadLimits& limits = {});

/// How long the body is (RFC 9112 6.3).
struct BodyLength {
  enum class Kind : std::uint8_t { none, counted, chunked, until_close };
  Kind kind = Kind::none;
  std::uint64_t octets = 0;
};
[[nodiscard]] Result<BodyLength> body_length(const RequestHead& head);
/// `method`: of the request that this answers.
[[nodiscard]] Result<BodyLength> body_length(const ResponseHead& head, std::string_view method);

/// host[:port] of RFC 3986, as Host has it: a name, an IPv4 address or a bracketed IPv6 address.
[[nodiscard]] bool is_host(std::string_view text);
/// A number of decimal digits alone; nothing where it is none or exceeds 2^63-1.
[[nodiscard]] std::optional<std::uint64_t> decimal(std::string_view text);

}  // namespace strowger::http
