#include "sip/parse.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "sip/parse_scan.hpp"
#include "sip/parse_text.hpp"

namespace strowger::sip {

/// One pass over the head: fills a Message's index. Anything that leaves no message to answer ends
/// it with an error; the rest becomes the message's defect.
class MessageParser {
 public:
  /// `octets` begins with the start line and is no longer than max_message_octets.
  MessageParser(std::string_view octets, Message& message)
      : begin_(octets.data()), end_(begin_ + octets.size()), at_(begin_), message_(message) {
    message_.base_ = begin_;
    message_.size_ = octets.size();
    message_.defect_.reset();
    message_.status_ = 0;
    message_.field_count_ = 0;
    message_.method_ = Method::extension;
    message_.bare_line_feeds_ = false;
    message_.method_text_ = message_.request_uri_ = message_.reason_phrase_ = {};
    message_.body_ = {};
    message_.first_.fill(Message::none);
  }

  [[nodiscard]] bool head() {
    if (!start_line()) {
      return false;
    }
    while (at_ != end_ && *at_ != '\r' && *at_ != '\n') {
      if (!header_line()) {
        return false;
      }
    }
    return at_ == end_ || take_line_end();
  }

  /// The body of a datagram: what Content-Length promises, or all the rest (clause 18.3).
  void datagram_body() {
    const std::size_t rest = rest_size();
    const auto promised = content_length();
    if (promised && *promised > rest) {
      defect(ParseCode::body_short, at_);
    }
    set_body(promised ? std::min<std::size_t>(*promised, rest) : rest);
  }

  /// The body on a stream. Gives the size of the whole message, which may be more than is there;
  /// nothing where it can't be known, and then the message ends with its head.
  [[nodiscard]] std::optional<std::size_t> stream_body() {
    const bool bodiless =
        !message_.has(HeaderName::content_length) && !message_.has(HeaderName::content_type);
    const auto promised = bodiless ? std::optional<std::uint32_t>(0) : content_length();
    if (promised && *promised > max_message_octets - head_size()) {
      defect(ParseCode::body_too_long, at_);
    } else if (promised) {
      set_body(std::min<std::size_t>(*promised, rest_size()));
      return head_size() + *promised;
    } else if (!message_.has(HeaderName::content_length)) {
      defect(ParseCode::content_length_missing, begin_);
    }
    set_body(0);
    return std::nullopt;
  }

  [[nodiscard]] ParseError error() const { return error_; }
  [[nodiscard]] std::size_t head_size() const { return offset_of(at_); }

 private:
  /// Nothing where it is absent or, with a defect, not to be understood.
  std::optional<std::uint32_t> content_length() {
    const auto promised = message_.content_length();
    if (promised) {
      return *promised;
    }
    if (promised.error() != HeaderError::missing) {
      const std::size_t index = message_.find(HeaderName::content_length);
      const bool repeated = promised.error() == HeaderError::repeated;
      defect(repeated ? ParseCode::repeated_header : ParseCode::bad_header_value,
             begin_ + message_.index_[index].value_at);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t rest_size() const { return static_cast<std::size_t>(end_ - at_); }
  void set_body(std::size_t size) {
    message_.body_ = {offset16(at_), static_cast<std::uint16_t>(size)};
    message_.size_ = offset_of(at_) + size;
  }
  [[nodiscard]] std::size_t offset_of(const char* at) const {
    return static_cast<std::size_t>(at - begin_);
  }
  [[nodiscard]] std::uint16_t offset16(const char* at) const {
    return static_cast<std::uint16_t>(at - begin_);
  }
  [[nodiscard]] Message::Span span_of(std::string_view text) const {
    return {offset16(text.data()), static_cast<std::uint16_t>(text.size())};
  }

  bool refuse(ParseCode code, const char* where) {
    error_ = {code, static_cast<std::uint32_t>(offset_of(where))};
    return false;
  }
  void defect(ParseCode code, const char* where) {
    if (!message_.defect_) {
      message_.defect_ = ParseError{code, static_cast<std::uint32_t>(offset_of(where))};
    }
  }

  /// Moves on to the next line end. Control characters pass as quoted pairs only (clause 25.1).
  bool find_line_end() {
    while (true) {
      at_ = find_control(at_, end_);
      if (at_ == end_) {
        return refuse(ParseCode::truncated, at_);
      }
      if (*at_ == '\n' || (*at_ == '\r' && (at_ + 1 == end_ || at_[1] == '\n'))) {
        return true;
      }
      if (at_ == begin_ || at_[-1] != '\\' || *at_ == '\r') {
        return refuse(ParseCode::control_character, at_);
      }
      ++at_;
    }
  }

  bool take_line_end() {
    if (*at_ == '\n') {
      message_.bare_line_feeds_ = true;
      ++at_;
      return true;
    }
    if (at_ + 1 == end_) {
      return refuse(ParseCode::truncated, at_);
    }
    if (at_[1] != '\n') {
      return refuse(ParseCode::control_character, at_);
    }
    at_ += 2;
    return true;
  }

  bool start_line() {
    if (!find_line_end()) {
      return false;
    }
    const std::string_view line{begin_, offset_of(at_)};
    return (line.substr(0, 4) == "SIP/" ? status_line(line) : request_line(line)) &&
           take_line_end();
  }

  // Clause 7.1. White space that is too much leaves the parts in place, so that the answer can be
  // addressed.
  bool request_line(std::string_view line) {
    const std::string_view trimmed = trim(line);
    const std::size_t first = trimmed.find(' ');
    const std::size_t last = trimmed.rfind(' ');
    if (first == std::string_view::npos || !same_text(trimmed.substr(last + 1, 4), "SIP/")) {
      return refuse(ParseCode::not_sip, begin_);
    }
    const std::string_view method = trimmed.substr(0, first);
    const std::string_view version = trimmed.substr(last + 1);
    const std::string_view between =
        last > first ? trimmed.substr(first + 1, last - first - 1) : std::string_view{};
    const std::string_view uri = trim(between);
    message_.method_text_ = span_of(method);
    message_.method_ = method_of(method);
    message_.version_ = span_of(version);
    message_.request_uri_ = uri.empty() ? Message::Span{} : span_of(uri);
    if (!same_text(version, "SIP/2.0")) {
      defect(ParseCode::bad_version, version.data());
    }
    if (!is_token(method)) {
      defect(ParseCode::bad_method, method.data());
    }
    if (trimmed.size() != line.size() || uri.size() != between.size() ||
        uri.find_first_of(" \t") != std::string_view::npos) {
      defect(ParseCode::bad_start_line, begin_);
    }
    return true;
  }

  // Clause 7.2. Some leave out the space in front of an empty phrase.
  bool status_line(std::string_view line) {
    TextReader reader(line);
    const std::string_view version = reader.take_first(std::min(line.find(' '), line.size()));
    message_.version_ = span_of(version);
    const bool spaced = reader.skip(' ');
    const char* const where = reader.rest().data();
    const auto status = digits_of(reader.take(char_digit), 699);
    if (!spaced || !status || *status < 100 || (!reader.at_end() && !reader.skip(' '))) {
      return refuse(ParseCode::bad_status, where);
    }
    message_.status_ = static_cast<std::uint16_t>(*status);
    message_.reason_phrase_ = span_of(reader.rest());
    if (version != "SIP/2.0") {
      defect(ParseCode::bad_version, begin_);
    }
    return true;
  }

  bool header_line() {
    const char* const line = at_;
    const char* name_end = line;
    while (name_end != end_ && is_in(*name_end, char_token)) {
      ++name_end;
    }
    const char* colon = name_end;
    while (colon != end_ && (*colon == ' ' || *colon == '\t')) {
      ++colon;
    }
    const bool named = name_end != line && colon != end_ && *colon == ':' && name_end - line < 256;
    at_ = named ? colon + 1 : line;
    if (!folded_lines()) {
      return false;
    }
    if (!named) {
      defect(ParseCode::bad_header_line, line);
      return true;
    }
    return add({line, static_cast<std::size_t>(name_end - line)},
               trim({colon + 1, static_cast<std::size_t>(at_ - colon - 1)}));
  }

  /// To the end of the line and of those that continue it (clause 7.3.1).
  bool folded_lines() {
    do {
      if (!find_line_end() || !take_line_end()) {
        return false;
      }
    } while (at_ != end_ && (*at_ == ' ' || *at_ == '\t'));
    return true;
  }

  bool add(std::string_view raw_name, std::string_view value) {
    if (message_.field_count_ == max_header_fields) {
      return refuse(ParseCode::too_many_headers, raw_name.data());
    }
    const HeaderName name = header_name_of(raw_name);
    const Message::Span place = span_of(value);
    message_.index_[message_.field_count_] = {offset16(raw_name.data()), place.at, place.size,
                                              static_cast<std::uint8_t>(raw_name.size()), name};
    std::uint8_t& first = message_.first_[Message::slot(name)];
    first = std::min(first, message_.field_count_);
    ++message_.field_count_;
    return true;
  }

  const char* begin_;
  const char* end_;
  const char* at_;
  Message& message_;
  ParseError error_;
};

namespace {

using core::fail;

std::size_t line_ends_in_front(std::string_view text) {
  return std::min(text.find_first_not_of("\r\n"), text.size());
}

/// Where the head ends (behind its empty line), or nothing; `searched` says how far it is known not
/// to, and moves on.
std::optional<std::size_t> head_end(std::string_view text, std::size_t& searched) {
  std::size_t at = searched;
  while ((at = text.find('\n', at)) != std::string_view::npos) {
    const std::string_view behind = text.substr(at + 1, 2);
    if (behind.substr(0, 1) == "\n") {
      return at + 2;
    }
    if (behind == "\r\n") {
      return at + 3;
    }
    if (behind.empty() || behind == "\r") {
      searched = at;
      return std::nullopt;
    }
    ++at;
  }
  searched = text.size();
  return std::nullopt;
}

/// Line ends in front of a start line: keep-alives of RFC 5626 clause 3.5.1.
StreamStep keep_alive(std::string_view text) {
  using Kind = StreamStep::Kind;
  if (text.front() == '\n') {
    return {Kind::pong, 1, false, false};
  }
  if (text.substr(0, 4) == "\r\n\r\n") {
    return {Kind::ping, 4, false, false};
  }
  if (text == "\r" || text == "\r\n" || text == "\r\n\r") {
    return {};
  }
  return {Kind::pong, 2, false, false};
}

}  // namespace

core::Result<std::size_t, ParseError> parse_message(core::Octets datagram, Message& message) {
  std::string_view text = core::text_of(datagram);
  const std::size_t skipped = line_ends_in_front(text);
  text.remove_prefix(skipped);
  if (text.empty()) {
    return fail(ParseError{ParseCode::empty, 0});
  }
  if (text.size() > max_message_octets) {
    return fail(ParseError{ParseCode::too_long, max_message_octets});
  }
  MessageParser parser(text, message);
  if (!parser.head()) {
    ParseError error = parser.error();
    error.offset += static_cast<std::uint32_t>(skipped);
    return fail(error);
  }
  parser.datagram_body();
  return skipped + message.octets().size();
}

core::Result<StreamStep, ParseError> StreamParser::next(core::Octets pending, Message& message) {
  std::string_view text = core::text_of(pending);
  if (text.empty()) {
    return StreamStep{};
  }
  if (text.front() == '\n' || (text.front() == '\r' && (text.size() == 1 || text[1] == '\n'))) {
    return keep_alive(text);
  }
  const StreamStep more{StreamStep::Kind::need_more, 0, true, false};
  text = text.substr(0, max_message_octets);
  if (text.size() < needed_) {
    return more;
  }
  const auto head_size = head_end(text, searched_);
  if (!head_size && text.size() == max_message_octets) {
    return fail(ParseError{ParseCode::too_long, max_message_octets});
  }
  if (!head_size) {
    return more;
  }
  MessageParser parser(text, message);
  if (!parser.head()) {
    return fail(parser.error());
  }
  const auto whole = parser.stream_body();
  if (whole && *whole > text.size()) {
    needed_ = *whole;
    return more;
  }
  searched_ = 0;
  needed_ = 0;
  return StreamStep{StreamStep::Kind::message, message.octets().size(), true, !whole};
}

}  // namespace strowger::sip
