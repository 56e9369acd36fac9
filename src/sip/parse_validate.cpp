#include "sip/parse_validate.hpp"

#include <array>
#include <optional>

#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

/// What is wrong, before it is decided how to answer. Nothing: all is well.
struct Fault {
  ParseCode code = ParseCode::bad_header_value;
  HeaderName header = HeaderName::other;
  std::size_t offset = 0;
};
using Found = std::optional<Fault>;

std::size_t offset_within(const Message& message, std::string_view part) {
  return static_cast<std::size_t>(part.data() - core::text_of(message.octets()).data());
}

Fault fault_at(const Message& message, HeaderName name, std::size_t nth_field,
               ParseCode code = ParseCode::bad_header_value) {
  return {code, name, offset_within(message, message.field(nth_field).value)};
}

constexpr std::array mandatory{HeaderName::via, HeaderName::from, HeaderName::to,
                               HeaderName::call_id, HeaderName::cseq};
constexpr std::array single{HeaderName::from,         HeaderName::to,
                            HeaderName::call_id,      HeaderName::cseq,
                            HeaderName::max_forwards, HeaderName::content_length,
                            HeaderName::content_type, HeaderName::expires,
                            HeaderName::refer_to,     HeaderName::rack};

Found check_presence(const Message& message) {
  for (const HeaderName name : mandatory) {
    if (!message.has(name)) {
      return Fault{ParseCode::missing_header, name, 0};
    }
  }
  for (const HeaderName name : single) {
    const std::size_t first = message.find(name);
    const std::size_t second = message.find(name, first + 1);
    if (first < message.field_count() && second < message.field_count()) {
      return fault_at(message, name, second, ParseCode::repeated_header);
    }
  }
  return std::nullopt;
}

/// word ["@" word] (clause 25.1); only what no word may hold is refused.
bool is_call_id(std::string_view value) {
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= 0x20 || octet == 0x7F || c == ',' || c == ';') {
      return false;
    }
  }
  return !value.empty();
}

bool is_address(std::string_view element) {
  const auto address = parse_name_addr(element);
  return address && address->parsed_uri().has_value();
}

bool is_cseq(std::string_view value) {
  return parse_cseq(value).has_value();
}
bool is_hop_count(std::string_view value) {
  return digits_of(trim(value), 255).has_value();
}
bool is_number(std::string_view value) {
  return parse_number(value).has_value();
}
bool is_media_type(std::string_view value) {
  return parse_media_type(value).has_value();
}
bool is_via(std::string_view element) {
  return parse_via(element).has_value();
}
bool is_credentials(std::string_view value) {
  return parse_digest(value).has_value();
}
bool is_rack(std::string_view value) {
  return parse_rack(value).has_value();
}

struct Rule {
  HeaderName name;
  bool list;           // a comma list, with at least one element
  bool responses_too;  // what is wrong in a response and never looked at does no harm
  bool (*good)(std::string_view);
};
// What the transaction layer, the dialogs and the registrar rely on.
constexpr std::array rules{
    Rule{HeaderName::via, true, true, is_via},
    Rule{HeaderName::from, false, true, is_address},
    Rule{HeaderName::to, false, true, is_address},
    Rule{HeaderName::call_id, false, true, is_call_id},
    Rule{HeaderName::cseq, false, true, is_cseq},
    Rule{HeaderName::max_forwards, false, false, is_hop_count},
    Rule{HeaderName::record_route, true, true, is_address},
    Rule{HeaderName::route, true, false, is_address},
    Rule{HeaderName::path, true, false, is_address},
    Rule{HeaderName::expires, false, false, is_number},
    Rule{HeaderName::content_type, false, false, is_media_type},
    Rule{HeaderName::authorization, false, false, is_credentials},
    Rule{HeaderName::proxy_authorization, false, false, is_credentials},
    Rule{HeaderName::refer_to, false, false, is_address},
    Rule{HeaderName::rack, false, false, is_rack},
};

bool all_elements_good(std::string_view value, bool (*good)(std::string_view)) {
  if (value.empty() || value.back() == ',') {
    return false;
  }
  do {
    if (!good(next_element(value))) {
      return false;
    }
  } while (!value.empty());
  return true;
}

Found check_rule(const Message& message, const Rule& rule) {
  for (std::size_t i = message.find(rule.name); i < message.field_count();
       i = message.find(rule.name, i + 1)) {
    const std::string_view value = message.field(i).value;
    if (!(rule.list ? all_elements_good(value, rule.good) : rule.good(value))) {
      return fault_at(message, rule.name, i);
    }
  }
  return std::nullopt;
}

/// Contact is a list of addresses, or "*" alone, which only REGISTER may send (clause 10.2.2).
Found check_contacts(const Message& message) {
  if (message.method() == Method::register_ && message.contact_is_wildcard()) {
    return std::nullopt;
  }
  return check_rule(message, {HeaderName::contact, true, true, is_address});
}

Found check_grammar(const Message& message) {
  for (const Rule& rule : rules) {
    if (message.is_response() && !rule.responses_too) {
      continue;
    }
    if (const Found fault = check_rule(message, rule)) {
      return fault;
    }
  }
  return check_contacts(message);
}

Found check_request_line(const Message& message) {
  const auto cseq = message.cseq();
  if (cseq && cseq->method_text != message.method_text()) {
    return fault_at(message, HeaderName::cseq, message.find(HeaderName::cseq),
                    ParseCode::method_mismatch);
  }
  const std::size_t offset = offset_within(message, message.request_uri());
  const auto uri = parse_uri(message.request_uri());
  // Clause 19.1.1, table 1: a request URI has neither headers nor a method parameter.
  if (!uri || !uri->headers.empty()) {
    return Fault{ParseCode::bad_request_uri, HeaderName::other, offset};
  }
  if (uri->scheme == Uri::Scheme::other) {
    return Fault{ParseCode::unsupported_scheme, HeaderName::other, offset};
  }
  return std::nullopt;
}

Found check_response(const Message& message) {
  if (message.elements(HeaderName::via).count() > 1) {
    return fault_at(message, HeaderName::via, message.find(HeaderName::via),
                    ParseCode::several_vias);
  }
  return std::nullopt;
}

Found check(const Message& message) {
  if (!same_text(message.version(), "SIP/2.0")) {
    return Fault{ParseCode::bad_version, HeaderName::other,
                 offset_within(message, message.version())};
  }
  if (const auto& defect = message.defect()) {
    return Fault{defect->code, HeaderName::other, defect->offset};
  }
  Found fault = check_presence(message);
  if (!fault) {
    fault = check_grammar(message);
  }
  if (!fault) {
    fault = message.is_request() ? check_request_line(message) : check_response(message);
  }
  return fault;
}

std::string_view phrase_of(ParseCode code) {
  switch (code) {
    case ParseCode::bad_version:
      return "Version Not Supported";
    case ParseCode::bad_start_line:
      return "Malformed Request Line";
    case ParseCode::bad_method:
      return "Malformed Method";
    case ParseCode::bad_request_uri:
      return "Malformed Request-URI";
    case ParseCode::unsupported_scheme:
      return "Unsupported URI Scheme";
    case ParseCode::bad_header_line:
      return "Malformed Header Line";
    case ParseCode::missing_header:
      return "Missing Header Field";
    case ParseCode::repeated_header:
      return "Repeated Header Field";
    case ParseCode::method_mismatch:
      return "CSeq Method Differs From Request Line";
    case ParseCode::body_short:
      return "Content-Length Larger Than Message";
    case ParseCode::content_length_missing:
      return "Missing Content-Length";
    case ParseCode::body_too_long:
      return "Message Too Large";
    default:
      return "Malformed Header Field";
  }
}

std::uint16_t status_of(ParseCode code) {
  switch (code) {
    case ParseCode::bad_version:
      return 505;
    case ParseCode::unsupported_scheme:
      return 416;
    case ParseCode::body_too_long:
      return 513;
    default:
      return 400;
  }
}

}  // namespace

Verdict validate(const Message& message) {
  Verdict verdict;
  const Found fault = check(message);
  if (!fault) {
    return verdict;
  }
  const bool answerable =
      message.is_request() && message.method() != Method::ack && message.has(HeaderName::via);
  verdict.kind = answerable ? Verdict::Kind::respond : Verdict::Kind::drop;
  verdict.status = answerable ? status_of(fault->code) : std::uint16_t{0};
  verdict.error = {fault->code, static_cast<std::uint32_t>(fault->offset)};
  verdict.header = fault->header;
  verdict.phrase = phrase_of(fault->code);
  return verdict;
}

}  // namespace strowger::sip
