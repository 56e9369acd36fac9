#include "http/parse.hpp"

#include "core/address.hpp"

namespace strowger::http {
namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

auto broken(Fault fault, std::size_t offset) {
  return core::fail(ParseError{fault, offset});
}

/// Where a piece of the head stands in it.
std::size_t offset_of(std::string_view piece, core::Octets head) {
  return static_cast<std::size_t>(piece.data() - core::text_of(head).data());
}

/// What may stand in a request target: the visible characters of ASCII but those which no URI has
/// and which no browser sends (RFC 3986 2).
bool target_characters(std::string_view target) {
  for (const char c : target) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= 0x20 || octet >= 0x7f || c == '#' || c == '"' || c == '<' || c == '>' ||
        c == '\\') {
      return false;
    }
  }
  return !target.empty();
}

/// "HTTP/1.1" or "HTTP/1.0" (RFC 9112 2.3); the minor number.
Result<int> version(std::string_view text, std::size_t offset) {
  if (text.size() != 8 || text.substr(0, 5) != "HTTP/" || !digit(text[5]) || text[6] != '.' ||
      !digit(text[7])) {
    return broken(Fault::bad_version, offset);
  }
  if (text[5] != '1') {
    return broken(Fault::version_not_supported, offset);
  }
  return text[7] == '0' ? 0 : 1;
}

void split_path(std::string_view target, RequestHead& head) {
  const std::size_t mark = target.find('?');
  head.path = target.substr(0, mark);
  head.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

/// absolute-form (RFC 9112 3.2.2): "http://host:port/path?query".
bool absolute_target(std::string_view target, RequestHead& head) {
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos || scheme == 0) {
    return false;
  }
  const std::string_view rest = target.substr(scheme + 3);
  const std::size_t end = rest.find_first_of("/?");
  head.authority = rest.substr(0, end);
  split_path(end == std::string_view::npos ? std::string_view() : rest.substr(end), head);
  if (head.path.empty()) {
    head.path = "/";
  }
  return is_host(head.authority);
}

/// The four forms of RFC 9112 3.2.
bool read_target(RequestHead& head) {
  const std::string_view target = head.target;
  if (!target_characters(target)) {
    return false;
  }
  if (head.method == "CONNECT") {
    head.authority = target;
    head.path = target;
    return is_host(target) && target.find(':') != std::string_view::npos;
  }
  if (target == "*") {
    head.path = target;
    return head.method == "OPTIONS";
  }
  if (target.front() == '/') {
    split_path(target, head);
    return true;
  }
  return absolute_target(target, head);
}

Result<void> read_request_line(std::string_view line, RequestHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return broken(Fault::bad_request_line, 0);
  }
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  if (!is_token(head.method)) {
    return broken(Fault::bad_method, 0);
  }
  const Result<int> minor = version(line.substr(last + 1), last + 1);
  if (!minor) {
    return core::fail(minor.error());
  }
  head.minor = *minor;
  if (!read_target(head)) {
    return broken(Fault::bad_target, first + 1);
  }
  return {};
}

Result<void> read_host(core::Octets octets, RequestHead& head) {
  const std::size_t hosts = head.fields.count("host");
  if (hosts > 1) {
    return broken(Fault::several_hosts, 0);
  }
  if (hosts == 0) {
    return head.minor == 0 ? Result<void>() : broken(Fault::missing_host, 0);
  }
  const std::string_view host = *head.fields.find("host");
  if (!is_host(host)) {
    return broken(Fault::bad_host, offset_of(host, octets));
  }
  // RFC 9112 3.2.2: a target that names the host is right, whatever Host says.
  head.authority = head.authority.empty() ? host : head.authority;
  return {};
}

Result<void> check_line(std::string_view line, std::size_t offset) {
  if (line.front() == ' ' || line.front() == '\t') {
    return broken(Fault::obsolete_fold, offset);
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return broken(Fault::bad_field_name, offset);
  }
  const std::string_view name = line.substr(0, colon);
  if (!name.empty() && (name.back() == ' ' || name.back() == '\t')) {
    return broken(Fault::space_before_colon, offset + colon - 1);
  }
  if (!is_token(name)) {
    return broken(Fault::bad_field_name, offset);
  }
  for (std::size_t i = colon + 1; i < line.size(); ++i) {
    const auto octet = static_cast<unsigned char>(line[i]);
    if ((octet < 0x20 && octet != '\t') || octet == 0x7f) {
      return broken(Fault::bad_field_value, offset + i);
    }
  }
  return {};
}

struct SplitHead {
  std::string_view first_line;
  Fields fields;
};

Result<SplitHead> split(core::Octets octets, const HeadLimits& limits) {
  const std::string_view text = core::text_of(octets);
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos || text.size() < end + 4 ||
      text.substr(text.size() - 2) != "\r\n") {
    return broken(Fault::bad_request_line, 0);
  }
  const std::string_view lines = text.substr(end + 2, text.size() - end - 4);
  const Result<Fields> fields = parse_fields(lines, end + 2, limits);
  if (!fields) {
    return core::fail(fields.error());
  }
  return SplitHead{text.substr(0, end), *fields};
}

}  // namespace

std::optional<std::uint64_t> decimal(std::string_view text) {
  constexpr std::uint64_t most = INT64_MAX;
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto next = static_cast<std::uint64_t>(c - '0');
    if (!digit(c) || value > (most - next) / 10) {
      return std::nullopt;
    }
    value = value * 10 + next;
  }
  return text.empty() ? std::nullopt : std::optional(value);
}

bool is_host(std::string_view text) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !core::Address::parse(text.substr(0, end + 1))) {
      return false;
    }
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    for (const char c : name) {
      // reg-name of RFC 3986 3.2.2: unreserved, percent-encoded and sub-delims.
      if (!is_token_char(c) && std::string_view("();,=").find(c) == std::string_view::npos) {
        return false;
      }
      if (c == '#' || c == '^' || c == '`' || c == '|') {
        return false;
      }
    }
    if (name.empty()) {
      return false;
    }
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (port.empty()) {
    return true;
  }
  const auto number = decimal(port.substr(1));
  return port.front() == ':' && (port.size() == 1 || (number && *number <= 65'535));
}

Result<Fields> parse_fields(std::string_view text, std::size_t offset, const HeadLimits& limits) {
  std::size_t begin = 0;
  std::size_t count = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find("\r\n", begin);
    if (end == std::string_view::npos || end == begin) {
      return broken(Fault::bad_field_name, offset + begin);
    }
    if (++count > limits.fields) {
      return broken(Fault::too_many_fields, offset + begin);
    }
    if (const auto line = check_line(text.substr(begin, end - begin), offset + begin); !line) {
      return core::fail(line.error());
    }
    begin = end + 2;
  }
  return Fields(text);
}

Result<RequestHead> parse_request(core::Octets head, const HeadLimits& limits) {
  const Result<SplitHead> parts = split(head, limits);
  if (!parts) {
    return core::fail(parts.error());
  }
  RequestHead request;
  request.fields = parts->fields;
  if (const auto line = read_request_line(parts->first_line, request); !line) {
    return core::fail(line.error());
  }
  if (request.target.size() > limits.target_octets) {
    return broken(Fault::target_too_long, request.method.size() + 1);
  }
  if (const auto host = read_host(head, request); !host) {
    return core::fail(host.error());
  }
  return request;
}

Result<ResponseHead> parse_response(core::Octets head, const HeadLimits& limits) {
  const Result<SplitHead> parts = split(head, limits);
  if (!parts) {
    return core::fail(parts.error().fault == Fault::bad_request_line
                          ? ParseError{Fault::bad_status_line, 0}
                          : parts.error());
  }
  const std::string_view line = parts->first_line;
  ResponseHead response;
  response.fields = parts->fields;
  const Result<int> minor = version(line.substr(0, 8), 0);
  if (!minor) {
    return core::fail(minor.error());
  }
  response.minor = *minor;
  // RFC 9112 4: the space behind the status stands even where the reason is empty; servers that
  // leave it out are many, and nothing else could be meant.
  const bool shape = line.size() >= 12 && line[8] == ' ' && digit(line[9]) && digit(line[10]) &&
                     digit(line[11]) && (line.size() == 12 || line[12] == ' ');
  if (!shape || line[9] == '0' || line[9] > '5') {
    return broken(Fault::bad_status_line, 9);
  }
  response.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  response.reason = line.size() > 13 ? line.substr(13) : std::string_view();
  return response;
}

}  // namespace strowger::http
