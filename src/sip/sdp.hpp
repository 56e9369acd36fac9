// Session descriptions (RFC 8866, with the tolerance that RFC 4566 and the field ask for) as an
// index over their text, and a writer for ours. Nothing is copied, nothing allocates; any thread.
//
// A SessionDescription views the text it was parsed from, which must outlive it. It is about 2 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/address.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"

namespace strowger::sip {

inline constexpr std::size_t max_sdp_octets = 16'384;
inline constexpr std::size_t max_sdp_media = 16;
inline constexpr std::size_t max_sdp_attributes = 192;

enum class SdpCode : std::uint8_t {
  empty,
  too_long,             // more than max_sdp_octets
  bad_line,             // not "letter=value", or a control character
  bad_version,          // v= is missing, not the first, or not 0 (clause 5.1)
  bad_origin,           // o= is missing or has not six parts (clause 5.2)
  bad_connection,       // c= has not three parts, or its address is none (clause 5.7)
  bad_media,            // m= lacks a part or its port is no number (clause 5.14)
  too_many_media,       // more than max_sdp_media
  too_many_attributes,  // more than max_sdp_attributes
  missing_connection,   // a media line in use without c= (clause 5.7)
};
[[nodiscard]] const char* to_string(SdpCode code);

struct SdpError {
  SdpCode code = SdpCode::empty;
  std::uint32_t offset = 0;

  [[nodiscard]] std::string_view clause() const;
};

/// c= and the end of o=. `address` is as it stands, without what follows a slash.
struct SdpConnection {
  std::string_view network;  // "IN"
  std::string_view family;   // "IP4", "IP6"
  std::string_view address;

  /// Nothing where the address is a host name.
  [[nodiscard]] std::optional<core::Address> host(std::uint16_t port = 0) const;
};

struct SdpOrigin {
  std::string_view user;
  std::string_view session_id;
  std::string_view session_version;
  SdpConnection connection;
};

/// a=name:value, or a=name.
struct SdpAttribute {
  std::string_view name;
  std::string_view value;
};

/// RFC 3264: what the author of the description does. sendonly: it sends and will not listen.
enum class MediaDirection : std::uint8_t { inactive, sendonly, recvonly, sendrecv };
[[nodiscard]] std::string_view to_string(MediaDirection direction);
/// The same stream as the other side sees it: sendonly becomes recvonly.
[[nodiscard]] MediaDirection reversed(MediaDirection direction);
/// What both allow.
[[nodiscard]] MediaDirection both_allow(MediaDirection a, MediaDirection b);

/// a=rtpmap, or what RFC 3551 gives a static payload type.
struct RtpMap {
  std::string_view name;
  std::uint32_t clock_rate = 0;
  std::uint32_t channels = 1;
};

/// Takes the formats off an m= line one by one: "0 8 101". Empty at the end.
[[nodiscard]] std::string_view next_format(std::string_view& formats);
/// A format that is an RTP payload type, 0 to 127.
[[nodiscard]] std::optional<std::uint8_t> payload_type_of(std::string_view format);

struct SdpMedia {
  std::string_view media;  // "audio"
  std::uint16_t port = 0;
  std::uint32_t port_count = 1;
  std::string_view protocol;  // "RTP/AVP"
  std::string_view formats;   // "0 8 101"
};

class SessionDescription {
 public:
  [[nodiscard]] const SdpOrigin& origin() const { return origin_; }
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::size_t media_count() const { return media_count_; }
  [[nodiscard]] SdpMedia media(std::size_t index) const;
  /// The media's own c=, else the session's.
  [[nodiscard]] std::optional<SdpConnection> connection(std::size_t media) const;

  // Attributes: those of one media, or of the session where `media` is `session_level`.
  static constexpr std::size_t session_level = SIZE_MAX;
  [[nodiscard]] std::size_t attribute_count(std::size_t media) const;
  [[nodiscard]] SdpAttribute attribute(std::size_t media, std::size_t index) const;
  /// The first of that name; nothing where absent.
  [[nodiscard]] std::optional<std::string_view> find(std::size_t media,
                                                     std::string_view name) const;

  // What media lines say with regard to the session's defaults.
  [[nodiscard]] MediaDirection direction(std::size_t media) const;
  /// Explicit, or static by RFC 3551 table 4; nothing for an unmapped dynamic type.
  [[nodiscard]] std::optional<RtpMap> rtpmap(std::size_t media, std::uint8_t payload_type) const;
  [[nodiscard]] std::optional<std::string_view> fmtp(std::size_t media,
                                                     std::uint8_t payload_type) const;
  /// Milliseconds; 0 where absent or no whole number.
  [[nodiscard]] std::uint16_t ptime(std::size_t media) const;
  [[nodiscard]] std::uint16_t maxptime(std::size_t media) const;
  /// Where RTP goes: c= and the port; nothing where c= is a host name.
  [[nodiscard]] std::optional<core::Address> rtp_address(std::size_t media) const;
  /// Where RTCP goes: a=rtcp (RFC 3605), the RTP port with a=rtcp-mux, else port + 1.
  [[nodiscard]] std::optional<core::Address> rtcp_address(std::size_t media) const;
  [[nodiscard]] bool has_rtcp_mux(std::size_t media) const;

 private:
  friend class SdpParser;

  struct Span {
    std::uint16_t at = 0;
    std::uint16_t size = 0;
  };
  struct AttributeEntry {
    Span name;
    Span value;
  };
  struct MediaEntry {
    Span media;
    Span protocol;
    Span formats;
    Span connection;  // empty: the session's
    std::uint32_t port_count;
    std::uint16_t port;
    std::uint16_t first_attribute;
  };
  [[nodiscard]] std::string_view view(Span span) const { return text_.substr(span.at, span.size); }
  [[nodiscard]] std::size_t first_attribute(std::size_t media) const;

  std::string_view text_;
  SdpOrigin origin_;
  std::string_view name_;
  Span connection_;
  std::size_t media_count_ = 0;
  std::size_t attribute_count_ = 0;
  std::array<MediaEntry, max_sdp_media> media_;                // the first media_count_ are set
  std::array<AttributeEntry, max_sdp_attributes> attributes_;  // the session's, then each media's
};

/// Parses a description. Lines may end with LF alone; unknown letters are passed over, as clause 5
/// asks; s= and t= may be missing. On an error `description` holds nothing of use.
[[nodiscard]] core::Result<void, SdpError> parse_sdp(std::string_view text,
                                                     SessionDescription& description);

/// Writes lines into lent octets; refuses control characters. Errors stick until `finish`.
class SdpWriter {
 public:
  enum class Error : std::uint8_t { too_long, forbidden_octet };

  explicit SdpWriter(std::span<char> room) : room_(room) {}
  /// v=, o=, s=, c= and t= of a session at `address`, which is its only one.
  void session(std::string_view user, std::uint64_t session_id, std::uint64_t session_version,
               std::string_view name, const core::Address& address);
  /// letter=value
  void line(char letter, std::string_view value);
  void media(std::string_view media, std::uint16_t port, std::string_view protocol,
             std::string_view formats);
  void attribute(std::string_view name, std::string_view value = {});
  /// a=rtpmap and, where `fmtp` is not empty, a=fmtp.
  void codec(std::uint8_t payload_type, std::string_view name, std::uint32_t clock_rate,
             std::string_view fmtp = {});
  [[nodiscard]] core::Result<std::string_view, Error> finish() const;

 private:
  void put(std::string_view text);
  void number(std::uint64_t value);
  void end_line();

  std::span<char> room_;
  std::size_t size_ = 0;
  std::optional<Error> error_;
};

}  // namespace strowger::sip
