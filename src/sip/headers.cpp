#include "sip/headers.hpp"

#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

constexpr std::uint32_t max_cseq = 0x7FFF'FFFF;

/// host [":" port] with white space allowed around the colon, as in Via's sent-by.
bool take_sent_by(TextReader& reader, Via& via) {
  if (reader.skip('[')) {
    const std::size_t close = reader.rest().find(']');
    if (close == std::string_view::npos || close == 0) {
      return false;
    }
    via.host = reader.take_first(close);
    via.host_is_ipv6 = true;
    (void)reader.skip(']');
    if (!parse_ipv6_reference(via.host)) {
      return false;
    }
  } else {
    via.host = reader.take(char_host);
  }
  if (via.host.empty()) {
    return false;
  }
  if (reader.skip_spaced(':')) {
    const auto port = digits_of(reader.take(char_digit), 65'535);
    if (!port || *port == 0) {
      return false;
    }
    via.port = static_cast<std::uint16_t>(*port);
  }
  return true;
}

bool note_via_param(const Param& param, Via& via) {
  if (same_text(param.name, "branch")) {
    via.branch = param.value;
  } else if (same_text(param.name, "received")) {
    via.received = param.value;
    if (via.received.size() > 2 && via.received.front() == '[' && via.received.back() == ']') {
      via.received = via.received.substr(1, via.received.size() - 2);
    }
  } else if (same_text(param.name, "maddr")) {
    via.maddr = param.value;
  } else if (same_text(param.name, "ttl")) {
    const auto ttl = digits_of(param.value, 255);
    if (!ttl) {
      return false;
    }
    via.ttl = static_cast<std::uint8_t>(*ttl);
  } else if (same_text(param.name, "rport")) {
    via.has_rport = true;
    if (param.has_value) {
      const auto port = digits_of(param.value, 65'535);
      if (!port) {
        return false;
      }
      via.rport = static_cast<std::uint16_t>(*port);
    }
  }
  return true;
}

bool note_via_params(Via& via) {
  auto at = via.params.begin();
  for (; at != Params::end(); ++at) {
    if (!note_via_param(*at, via)) {
      return false;
    }
  }
  return !at.malformed();
}

/// Header parameters up to the end of the value, or nothing at all.
bool take_params(TextReader& reader, Params& params) {
  reader.skip_space();
  if (!reader.at_end() && reader.peek() != ';') {
    return false;
  }
  params = Params(';', reader.rest());
  return params.well_formed();
}

bool ends_bare_uri(char c) {
  return c == ';' || is_in(c, char_space);
}
bool fits_bare_uri(char c) {
  return c != ',' && c != '?' && c != '"' && c != '<' && c != '>';
}
bool fits_bracketed_uri(char c) {
  return c != '<' && c != '"' && !is_in(c, char_space);
}

/// *(token LWS), and octets of UTF-8, which the grammar wants quoted but which do no harm.
bool fits_display(char c) {
  return is_in(c, unsigned{char_token} | char_space) || static_cast<unsigned char>(c) >= 0x80;
}

bool take_bare_uri(TextReader& reader, NameAddr& address) {
  const std::string_view rest = reader.rest();
  std::size_t size = 0;
  for (; size < rest.size() && !ends_bare_uri(rest[size]); ++size) {
    if (!fits_bare_uri(rest[size])) {
      return false;
    }
  }
  address.uri = reader.take_first(size);
  return size > 0;
}

bool take_bracketed_uri(TextReader& reader, NameAddr& address) {
  if (!reader.skip('<')) {
    return false;
  }
  const std::size_t close = reader.rest().find('>');
  if (close == std::string_view::npos || close == 0) {
    return false;
  }
  address.bracketed = true;
  address.uri = reader.take_first(close);
  for (const char c : address.uri) {
    if (!fits_bracketed_uri(c)) {
      return false;
    }
  }
  return reader.skip('>');
}

bool take_display_and_uri(TextReader& reader, NameAddr& address) {
  if (reader.peek() == '"') {
    const std::string_view quoted = reader.take_quoted();
    address.display = unquote(quoted);
    address.display_quoted = true;
    reader.skip_space();
    return !quoted.empty() && take_bracketed_uri(reader, address);
  }
  const std::size_t bracket = reader.rest().find('<');
  if (bracket == std::string_view::npos) {
    return take_bare_uri(reader, address);
  }
  for (const char c : reader.rest().substr(0, bracket)) {
    if (!fits_display(c)) {
      return take_bare_uri(reader, address);
    }
  }
  address.display = trim(reader.take_first(bracket));
  return take_bracketed_uri(reader, address);
}

void note_digest_param(const Param& param, DigestParams& digest) {
  struct Row {
    std::string_view name;
    std::string_view DigestParams::*member;
  };
  static constexpr Row rows[] = {
      {"username", &DigestParams::username}, {"realm", &DigestParams::realm},
      {"nonce", &DigestParams::nonce},       {"uri", &DigestParams::uri},
      {"response", &DigestParams::response}, {"algorithm", &DigestParams::algorithm},
      {"cnonce", &DigestParams::cnonce},     {"opaque", &DigestParams::opaque},
      {"qop", &DigestParams::qop},           {"nc", &DigestParams::nc},
      {"stale", &DigestParams::stale},
  };
  for (const Row& row : rows) {
    if (same_text(param.name, row.name)) {
      digest.*row.member = unquote(param.value);
      return;
    }
  }
  if (same_text(param.name, "userhash")) {
    digest.userhash = same_text(unquote(param.value), "true");
  }
}

}  // namespace

bool Via::has_rfc3261_branch() const {
  constexpr std::string_view cookie = "z9hG4bK";
  return branch.size() > cookie.size() && same_text(branch.substr(0, cookie.size()), cookie);
}

std::optional<Via> parse_via(std::string_view value) {
  TextReader reader(trim(value));
  Via via;
  const bool protocol = same_text(reader.take(char_token), "SIP") && reader.skip_spaced('/') &&
                        !reader.take(char_token).empty() && reader.skip_spaced('/');
  if (!protocol) {
    return std::nullopt;
  }
  via.transport = reader.take(char_token);
  const bool separated = is_in(reader.peek(), char_space);
  reader.skip_space();
  if (via.transport.empty() || !separated || !take_sent_by(reader, via) ||
      !take_params(reader, via.params) || !note_via_params(via)) {
    return std::nullopt;
  }
  return via;
}

std::optional<NameAddr> parse_name_addr(std::string_view value) {
  TextReader reader(trim(value));
  NameAddr address;
  if (!take_display_and_uri(reader, address) || !take_params(reader, address.params)) {
    return std::nullopt;
  }
  if (const auto tag = address.params.find("tag")) {
    if (!is_token(tag->value)) {
      return std::nullopt;
    }
    address.tag = tag->value;
  }
  return address;
}

// qvalue: "0" ["." 0*3DIGIT] or "1" ["." 0*3("0")]
std::optional<std::uint16_t> NameAddr::q_thousandths() const {
  const auto q = params.find("q");
  if (!q) {
    return std::uint16_t{1000};
  }
  TextReader reader(q->value);
  const bool one = reader.peek() == '1';
  if (!reader.skip(one ? '1' : '0')) {
    return std::nullopt;
  }
  std::uint32_t value = one ? 1000 : 0;
  if (reader.skip('.')) {
    const std::string_view fraction = reader.take(char_digit);
    std::uint32_t weight = 100;
    for (const char c : fraction) {
      value += static_cast<std::uint32_t>(c - '0') * weight;
      weight /= 10;
    }
    if (fraction.size() > 3) {
      return std::nullopt;
    }
  }
  if (!reader.at_end() || value > 1000) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(value);
}

std::optional<std::uint32_t> NameAddr::expires() const {
  const auto param = params.find("expires");
  if (!param) {
    return std::nullopt;
  }
  if (!all_in(param->value, char_digit)) {
    return 3600;
  }
  return digits_of(param->value, UINT32_MAX).value_or(UINT32_MAX);
}

std::optional<std::string_view> unescape_quoted(std::string_view text, std::span<char> room) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    if (size == room.size()) {
      return std::nullopt;
    }
    room[size++] = text[i];
  }
  return std::string_view{room.data(), size};
}

std::optional<CSeq> parse_cseq(std::string_view value) {
  TextReader reader(trim(value));
  const auto number = digits_of(reader.take(char_digit), max_cseq);
  const bool separated = is_in(reader.peek(), char_space);
  reader.skip_space();
  const std::string_view method = reader.rest();
  if (!number || !separated || !is_token(method)) {
    return std::nullopt;
  }
  return CSeq{*number, method_of(method), method};
}

std::optional<RAck> parse_rack(std::string_view value) {
  TextReader reader(trim(value));
  const auto number = digits_of(reader.take(char_digit), UINT32_MAX);
  const bool separated = is_in(reader.peek(), char_space);
  reader.skip_space();
  const auto cseq = parse_cseq(reader.rest());
  if (!number || !separated || !cseq) {
    return std::nullopt;
  }
  return RAck{*number, *cseq};
}

bool MediaType::is(std::string_view wanted_type, std::string_view wanted_subtype) const {
  return same_text(type, wanted_type) && same_text(subtype, wanted_subtype);
}

std::optional<MediaType> parse_media_type(std::string_view value) {
  TextReader reader(trim(value));
  MediaType media;
  media.type = reader.take(char_token);
  if (media.type.empty() || !reader.skip_spaced('/')) {
    return std::nullopt;
  }
  media.subtype = reader.take(char_token);
  if (media.subtype.empty() || !take_params(reader, media.params)) {
    return std::nullopt;
  }
  return media;
}

std::optional<DigestParams> parse_digest(std::string_view value) {
  TextReader reader(trim(value));
  DigestParams digest;
  digest.scheme = reader.take(char_token);
  if (digest.scheme.empty() || !is_in(reader.peek(), char_space)) {
    return std::nullopt;
  }
  digest.params = Params(',', reader.rest());
  auto at = digest.params.begin();
  for (; at != Params::end(); ++at) {
    note_digest_param(*at, digest);
  }
  if (at.malformed()) {
    return std::nullopt;
  }
  return digest;
}

std::optional<Reason> parse_reason(std::string_view value) {
  TextReader reader(trim(value));
  Reason reason;
  reason.protocol = reader.take(char_token);
  Params params;
  if (reason.protocol.empty() || !take_params(reader, params)) {
    return std::nullopt;
  }
  if (const auto cause = params.get("cause")) {
    const auto number = digits_of(*cause, 999);
    if (!number) {
      return std::nullopt;
    }
    reason.cause = static_cast<std::uint16_t>(*number);
  }
  reason.text = params.get("text").value_or("");
  return reason;
}

std::optional<SessionExpires> parse_session_expires(std::string_view value) {
  TextReader reader(trim(value));
  const auto seconds = digits_of(reader.take(char_digit), UINT32_MAX);
  Params params;
  if (!seconds || !take_params(reader, params)) {
    return std::nullopt;
  }
  return SessionExpires{*seconds, params.get("refresher").value_or("")};
}

std::optional<std::uint32_t> parse_number(std::string_view value) {
  return digits_of(trim(value), UINT32_MAX);
}

std::optional<std::uint32_t> parse_leading_number(std::string_view value) {
  TextReader reader(trim(value));
  const auto number = digits_of(reader.take(char_digit), UINT32_MAX);
  reader.skip_space();
  const bool ended = reader.at_end() || reader.peek() == ';' || reader.peek() == '(';
  return ended ? number : std::nullopt;
}

bool is_token(std::string_view text) {
  return all_in(text, char_token);
}

}  // namespace strowger::sip
