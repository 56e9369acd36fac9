#include "sip/uri.hpp"

#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

using core::fail;
using Checked = std::optional<UriError>;  // nothing: it is well formed

/// Each character in the set, in `more`, or a whole escape.
Checked check_text(std::string_view text, unsigned set, std::string_view more, UriError error) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_in(text[i + 1], char_hex) || !is_in(text[i + 2], char_hex)) {
        return UriError::bad_escape;
      }
      i += 2;
    } else if (!is_in(c, set) && more.find(c) == std::string_view::npos) {
      return error;
    }
  }
  return std::nullopt;
}

/// ";name=value" over and over, or nothing.
Checked check_params(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view param = text.substr(0, text.find(';'));
    const std::size_t equals = param.find('=');
    const std::string_view name = param.substr(0, equals);
    if (name.empty()) {
      return UriError::bad_params;
    }
    auto wrong = check_text(name, char_param, {}, UriError::bad_params);
    if (!wrong && equals != std::string_view::npos) {
      const std::string_view value = param.substr(equals + 1);
      wrong = value.empty() ? Checked(UriError::bad_params)
                            : check_text(value, char_param, "=", UriError::bad_params);
    }
    if (wrong) {
      return wrong;
    }
    text.remove_prefix(param.size());
  }
  return std::nullopt;
}

/// name=value joined by "&", at least one.
Checked check_headers(std::string_view text) {
  do {
    const std::string_view header = text.substr(0, text.find('&'));
    const std::size_t equals = header.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      return UriError::bad_headers;
    }
    for (const auto part : {header.substr(0, equals), header.substr(equals + 1)}) {
      if (const auto wrong = check_text(part, char_unreserved, "[]/?:+$", UriError::bad_headers)) {
        return wrong;
      }
    }
    text.remove_prefix(header.size());
    if (!text.empty()) {
      text.remove_prefix(1);
      if (text.empty()) {
        return UriError::bad_headers;
      }
    }
  } while (!text.empty());
  return std::nullopt;
}

Checked take_user(std::string_view userinfo, Uri& uri) {
  uri.has_user = true;
  const std::size_t colon = userinfo.find(':');
  uri.user = userinfo.substr(0, colon);
  if (uri.user.empty()) {
    return UriError::bad_user;
  }
  auto wrong = check_text(uri.user, char_user, {}, UriError::bad_user);
  if (!wrong && colon != std::string_view::npos) {
    uri.has_password = true;
    uri.password = userinfo.substr(colon + 1);
    wrong = check_text(uri.password, char_unreserved, "&=+$,", UriError::bad_user);
  }
  return wrong;
}

bool labels_are_whole(std::string_view host) {
  if (host.front() == '.' || host.front() == '-') {
    return false;
  }
  return host.find("..") == std::string_view::npos;
}

Checked take_host(TextReader& reader, Uri& uri) {
  if (reader.skip('[')) {
    const std::size_t close = reader.rest().find(']');
    if (close == std::string_view::npos) {
      return UriError::bad_host;
    }
    uri.host = reader.take_first(close);
    (void)reader.skip(']');
    uri.host_kind = Uri::HostKind::ipv6;
    return parse_ipv6_reference(uri.host) ? Checked() : Checked(UriError::bad_host);
  }
  uri.host = reader.take(char_host);
  if (uri.host.empty() || !labels_are_whole(uri.host)) {
    return UriError::bad_host;
  }
  const bool numeric = uri.host.find_first_not_of("0123456789.") == std::string_view::npos;
  const bool ipv4 = numeric && core::Address::parse(uri.host).has_value();
  uri.host_kind = ipv4 ? Uri::HostKind::ipv4 : Uri::HostKind::name;
  return std::nullopt;
}

Checked take_port(TextReader& reader, Uri& uri) {
  if (!reader.skip(':')) {
    return std::nullopt;
  }
  const auto port = digits_of(reader.take(char_digit), 65'535);
  if (!port || *port == 0) {
    return UriError::bad_port;
  }
  uri.port = static_cast<std::uint16_t>(*port);
  return std::nullopt;
}

Checked take_sip(std::string_view rest, Uri& uri) {
  Checked wrong;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    wrong = take_user(rest.substr(0, at), uri);
    rest.remove_prefix(at + 1);
  }
  TextReader reader(rest);
  if (!wrong) {
    wrong = take_host(reader, uri);
  }
  if (!wrong) {
    wrong = take_port(reader, uri);
  }
  if (wrong) {
    return wrong;
  }
  if (!reader.at_end() && reader.peek() != ';' && reader.peek() != '?') {
    return UriError::bad_host;
  }
  const std::size_t question = reader.rest().find('?');
  const std::string_view params = reader.rest().substr(0, question);
  uri.params = Params(';', params);
  wrong = check_params(params);
  if (!wrong && question != std::string_view::npos) {
    uri.headers = reader.rest().substr(question + 1);
    wrong = check_headers(uri.headers);
  }
  return wrong;
}

// RFC 3966 clause 3: a global number begins with "+", a local one has a phone-context.
Checked take_tel(std::string_view rest, Uri& uri) {
  uri.user = rest.substr(0, rest.find(';'));
  uri.has_user = true;
  uri.params = Params(';', rest.substr(uri.user.size()));
  const bool global = uri.user.substr(0, 1) == "+";
  const std::string_view digits = uri.user.substr(global ? 1 : 0);
  if (const auto wrong = check_params(uri.params.text())) {
    return wrong;
  }
  const auto allowed = global ? "0123456789-.()" : "0123456789ABCDEFabcdef*#-.()";
  if (digits.find_first_not_of(allowed) != std::string_view::npos ||
      digits.find_first_not_of("-.()") == std::string_view::npos) {
    return UriError::bad_user;
  }
  return global || uri.params.has("phone-context") ? Checked() : Checked(UriError::bad_params);
}

Checked take_other(std::string_view rest, Uri& uri) {
  uri.opaque = rest;
  for (const char c : rest) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= 0x20 || octet == 0x7F || c == '<' || c == '>' || c == '"') {
      return UriError::bad_host;
    }
  }
  return rest.empty() ? Checked(UriError::empty) : Checked();
}

bool is_scheme(std::string_view text) {
  const char first = text.empty() ? '\0' : lower(text.front());
  return first >= 'a' && first <= 'z' &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") ==
             std::string_view::npos;
}

Uri::Scheme scheme_of(std::string_view text) {
  if (same_text(text, "sip")) {
    return Uri::Scheme::sip;
  }
  if (same_text(text, "sips")) {
    return Uri::Scheme::sips;
  }
  return same_text(text, "tel") ? Uri::Scheme::tel : Uri::Scheme::other;
}

}  // namespace

const char* to_string(UriError error) {
  switch (error) {
    case UriError::empty:
      return "empty";
    case UriError::bad_scheme:
      return "bad_scheme";
    case UriError::bad_user:
      return "bad_user";
    case UriError::bad_host:
      return "bad_host";
    case UriError::bad_port:
      return "bad_port";
    case UriError::bad_params:
      return "bad_params";
    case UriError::bad_headers:
      return "bad_headers";
    case UriError::bad_escape:
      return "bad_escape";
  }
  return "unknown";
}

std::optional<core::Address> Uri::address() const {
  if (host_kind == HostKind::ipv4) {
    return core::Address::parse(host, port);
  }
  const auto address =
      host_kind == HostKind::ipv6 ? parse_ipv6_reference(host) : std::optional<core::Address>();
  return address ? std::optional(address->with_port(port)) : std::nullopt;
}

std::optional<core::Address> parse_ipv6_reference(std::string_view text) {
  if (text.empty() || text.front() == '[') {
    return std::nullopt;
  }
  core::BoundedString<48> corrected;
  if (const std::size_t colons = text.find(":::"); colons != std::string_view::npos) {
    if (!corrected.assign(text.substr(0, colons + 2)) ||
        !corrected.append(text.substr(colons + 3))) {
      return std::nullopt;
    }
    text = corrected.view();
  }
  const auto address = core::Address::parse(text);
  const bool ipv6 = address && address->family == core::Address::Family::ipv6;
  return ipv6 ? address : std::nullopt;
}

core::Result<Uri, UriError> parse_uri(std::string_view text) {
  if (text.empty()) {
    return fail(UriError::empty);
  }
  const std::size_t colon = text.find(':');
  Uri uri;
  uri.text = text;
  uri.scheme_text = text.substr(0, colon);
  if (colon == std::string_view::npos || !is_scheme(uri.scheme_text)) {
    return fail(UriError::bad_scheme);
  }
  uri.scheme = scheme_of(uri.scheme_text);
  const std::string_view rest = text.substr(colon + 1);
  const Checked wrong = uri.is_sip()                     ? take_sip(rest, uri)
                        : uri.scheme == Uri::Scheme::tel ? take_tel(rest, uri)
                                                         : take_other(rest, uri);
  if (wrong) {
    return fail(*wrong);
  }
  return uri;
}

}  // namespace strowger::sip
