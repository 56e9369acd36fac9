#include "sip/sdp.hpp"

#include <algorithm>

#include "sip/headers.hpp"
#include "sip/parse_scan.hpp"
#include "sip/parse_text.hpp"

namespace strowger::sip {

using core::fail;

/// One pass over the lines; fills a SessionDescription.
class SdpParser {
 public:
  SdpParser(std::string_view text, SessionDescription& out) : text_(text), out_(out) {
    out_.text_ = text;
    out_.origin_ = {};
    out_.name_ = {};
    out_.connection_ = {};
    out_.media_count_ = 0;
    out_.attribute_count_ = 0;
  }

  [[nodiscard]] core::Result<void, SdpError> run() {
    while (at_ < text_.size() && !error_) {
      line();
    }
    if (!error_ && out_.origin_.user.empty()) {
      refuse(lines_ == 0 ? SdpCode::empty : SdpCode::bad_origin, text_);
    }
    if (!error_) {
      check_connections();
    }
    if (error_) {
      return fail(*error_);
    }
    return {};
  }

 private:
  using Span = SessionDescription::Span;

  void refuse(SdpCode code, std::string_view where) {
    if (!error_) {
      error_ = SdpError{code, static_cast<std::uint32_t>(where.data() - text_.data())};
    }
  }
  [[nodiscard]] Span span_of(std::string_view part) const {
    return {static_cast<std::uint16_t>(part.data() - text_.data()),
            static_cast<std::uint16_t>(part.size())};
  }

  void line() {
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const char* stop = find_control(begin, end);
    const std::string_view line{begin, static_cast<std::size_t>(stop - begin)};
    if (stop != end && *stop == '\r' && stop + 1 != end && stop[1] == '\n') {
      ++stop;
    }
    if (stop != end && *stop != '\n') {
      refuse(SdpCode::bad_line, {stop, 1});
      return;
    }
    at_ = static_cast<std::size_t>(stop - text_.data()) + (stop == end ? 0 : 1);
    if (line.empty()) {
      return;
    }
    if (line.size() < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z') {
      refuse(SdpCode::bad_line, line);
      return;
    }
    if (lines_++ == 0 && line.substr(0, 2) != "v=") {
      refuse(SdpCode::bad_version, line);
      return;
    }
    value(line[0], line.substr(2));
  }

  void value(char letter, std::string_view text) {
    switch (letter) {
      case 'v':
        if (trim(text) != "0") {
          refuse(SdpCode::bad_version, text);
        }
        break;
      case 'o':
        origin(text);
        break;
      case 's':
        out_.name_ = text;
        break;
      case 'c':
        connection(text);
        break;
      case 'm':
        media(text);
        break;
      case 'a':
        attribute(text);
        break;
      default:  // i, u, e, p, b, t, r, z, k and letters to come say nothing that we need
        break;
    }
  }

  // o=<user> <id> <version> <network> <family> <address>
  void origin(std::string_view text) {
    SdpOrigin& origin = out_.origin_;
    const std::string_view all = text;
    origin.user = next_format(text);
    origin.session_id = next_format(text);
    origin.session_version = next_format(text);
    const auto connection = split_connection(text);
    if (!connection) {
      refuse(SdpCode::bad_origin, all);
      return;
    }
    origin.connection = *connection;
  }

  static std::optional<SdpConnection> split_connection(std::string_view text) {
    SdpConnection connection;
    connection.network = next_format(text);
    connection.family = next_format(text);
    const std::string_view address = next_format(text);
    connection.address = address.substr(0, address.find('/'));
    if (connection.address.empty() || !trim(text).empty()) {
      return std::nullopt;
    }
    return connection;
  }

  void connection(std::string_view text) {
    const auto parts = split_connection(text);
    const bool known = parts && same_text(parts->network, "IN") &&
                       (same_text(parts->family, "IP4") || same_text(parts->family, "IP6"));
    if (!known) {
      refuse(SdpCode::bad_connection, text);
      return;
    }
    if (const auto host = parts->host();
        host && (host->family == core::Address::Family::ipv6) != same_text(parts->family, "IP6")) {
      refuse(SdpCode::bad_connection, text);
      return;
    }
    Span& place =
        out_.media_count_ == 0 ? out_.connection_ : out_.media_[out_.media_count_ - 1].connection;
    if (place.size == 0) {
      place = span_of(text);
    }
  }

  // m=<media> <port>[/<count>] <protocol> <format> ...
  void media(std::string_view text) {
    if (out_.media_count_ == max_sdp_media) {
      refuse(SdpCode::too_many_media, text);
      return;
    }
    const std::string_view all = text;
    const std::string_view kind = next_format(text);
    const std::string_view ports = next_format(text);
    const std::string_view protocol = next_format(text);
    const std::string_view formats = trim(text);
    const std::size_t slash = ports.find('/');
    const auto port = digits_of(ports.substr(0, slash), 65'535);
    const auto count = slash == std::string_view::npos ? std::optional<std::uint32_t>(1)
                                                       : digits_of(ports.substr(slash + 1), 65'535);
    if (!is_token(kind) || !port || !count || protocol.empty() || formats.empty()) {
      refuse(SdpCode::bad_media, all);
      return;
    }
    out_.media_[out_.media_count_++] = {span_of(kind),
                                        span_of(protocol),
                                        span_of(formats),
                                        {},
                                        *count,
                                        static_cast<std::uint16_t>(*port),
                                        static_cast<std::uint16_t>(out_.attribute_count_)};
  }

  void attribute(std::string_view text) {
    if (out_.attribute_count_ == max_sdp_attributes) {
      refuse(SdpCode::too_many_attributes, text);
      return;
    }
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view name = trim(text.substr(0, colon));
    const std::string_view value = text.substr(std::min(colon + 1, text.size()));
    if (name.empty()) {
      refuse(SdpCode::bad_line, text);
      return;
    }
    out_.attributes_[out_.attribute_count_++] = {span_of(name), span_of(value)};
  }

  void check_connections() {
    for (std::size_t i = 0; i < out_.media_count_; ++i) {
      const auto& media = out_.media_[i];
      if (media.port != 0 && media.connection.size == 0 && out_.connection_.size == 0) {
        refuse(SdpCode::missing_connection, out_.view(media.media));
      }
    }
  }

  std::string_view text_;
  SessionDescription& out_;
  std::size_t at_ = 0;
  std::size_t lines_ = 0;
  std::optional<SdpError> error_;
};

core::Result<void, SdpError> parse_sdp(std::string_view text, SessionDescription& description) {
  if (text.size() > max_sdp_octets) {
    return fail(SdpError{SdpCode::too_long, max_sdp_octets});
  }
  return SdpParser(text, description).run();
}

std::string_view next_format(std::string_view& formats) {
  const std::size_t begin = std::min(formats.find_first_not_of(' '), formats.size());
  formats.remove_prefix(begin);
  const std::string_view format = formats.substr(0, formats.find(' '));
  formats.remove_prefix(format.size());
  return format;
}

std::optional<std::uint8_t> payload_type_of(std::string_view format) {
  const auto number = digits_of(format, 127);
  return number ? std::optional(static_cast<std::uint8_t>(*number)) : std::nullopt;
}

const char* to_string(SdpCode code) {
  switch (code) {
    case SdpCode::empty:
      return "empty";
    case SdpCode::too_long:
      return "too_long";
    case SdpCode::bad_line:
      return "bad_line";
    case SdpCode::bad_version:
      return "bad_version";
    case SdpCode::bad_origin:
      return "bad_origin";
    case SdpCode::bad_connection:
      return "bad_connection";
    case SdpCode::bad_media:
      return "bad_media";
    case SdpCode::too_many_media:
      return "too_many_media";
    case SdpCode::too_many_attributes:
      return "too_many_attributes";
    case SdpCode::missing_connection:
      return "missing_connection";
  }
  return "unknown";
}

std::string_view SdpError::clause() const {
  switch (code) {
    case SdpCode::bad_version:
      return "RFC 8866 5.1";
    case SdpCode::bad_origin:
      return "RFC 8866 5.2";
    case SdpCode::bad_connection:
    case SdpCode::missing_connection:
      return "RFC 8866 5.7";
    case SdpCode::bad_media:
      return "RFC 8866 5.14";
    default:
      return "RFC 8866 5";
  }
}

}  // namespace strowger::sip
