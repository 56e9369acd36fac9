#include "http/body.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace strowger::http {
namespace {

auto broken(Fault fault, std::size_t offset = 0) {
  return core::fail(ParseError{fault, offset});
}

struct Codings {
  bool any = false;
  bool chunked_alone = false;
};

/// Transfer-Encoding as it may be here: "chunked" and nothing else, once.
Codings transfer_codings(const Fields& fields) {
  Codings codings;
  std::size_t members = 0;
  bool chunked = false;
  for (const Field& field : fields) {
    if (!base::same_word(field.name, "transfer-encoding")) {
      continue;
    }
    codings.any = true;
    ListReader list(field.value);
    while (const auto member = list.next()) {
      ++members;
      chunked = base::same_word(*member, "chunked");
    }
  }
  codings.chunked_alone = chunked && members == 1;
  return codings;
}

Result<std::optional<std::uint64_t>> content_length(const Fields& fields) {
  const std::size_t count = fields.count("content-length");
  if (count > 1) {
    return broken(Fault::several_lengths);
  }
  if (count == 0) {
    return std::optional<std::uint64_t>();
  }
  const std::string_view value = *fields.find("content-length");
  const std::optional<std::uint64_t> length = decimal(value);
  if (!length) {
    return broken(value.find(',') == std::string_view::npos ? Fault::bad_length
                                                            : Fault::several_lengths);
  }
  return length;
}

Result<BodyLength> length_of(const Fields& fields, int minor, BodyLength::Kind otherwise) {
  const Codings codings = transfer_codings(fields);
  const Result<std::optional<std::uint64_t>> length = content_length(fields);
  if (!length) {
    return core::fail(length.error());
  }
  if (codings.any) {
    if (*length) {
      return broken(Fault::length_and_coding);
    }
    if (minor == 0) {
      return broken(Fault::coding_in_http_1_0);
    }
    if (!codings.chunked_alone) {
      return broken(Fault::unknown_coding);
    }
    return BodyLength{BodyLength::Kind::chunked, 0};
  }
  if (!*length) {
    return BodyLength{otherwise, 0};
  }
  return BodyLength{**length == 0 ? BodyLength::Kind::none : BodyLength::Kind::counted, **length};
}

bool goes_on(const Fields& fields, int minor) {
  if (fields.lists("connection", "close")) {
    return false;
  }
  return minor >= 1 || fields.lists("connection", "keep-alive");
}

/// The end of a line within `text`, looked for no further than `limit`; refuses a bare CR or LF.
Result<std::optional<std::size_t>> line_end(std::string_view text, std::size_t limit, Fault fault) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i >= limit) {
      return broken(fault, i);
    }
    if (text[i] == '\n') {
      return broken(Fault::bare_line_feed, i);
    }
    if (text[i] == '\r') {
      if (i + 1 == text.size()) {
        break;
      }
      if (text[i + 1] != '\n') {
        return broken(Fault::bare_carriage_return, i);
      }
      return std::optional(i);
    }
  }
  return std::optional<std::size_t>();
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const char small = base::lower(c);
    const bool letter = small >= 'a' && small <= 'f';
    if (!letter && !(small >= '0' && small <= '9')) {
      return std::nullopt;
    }
    value = value << 4U | static_cast<std::uint64_t>(letter ? small - 'a' + 10 : small - '0');
  }
  // Fifteen digits leave room for every sum of two.
  return text.empty() || text.size() > 15 ? std::nullopt : std::optional(value);
}

/// chunk-ext of RFC 9112 7.1.1, of which only the shape matters: no control characters.
bool extension(std::string_view text) {
  text = without_blanks(text);
  if (!text.empty() && text.front() != ';') {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
  });
}

}  // namespace

bool RequestHead::keep_alive() const {
  return goes_on(fields, minor);
}
bool ResponseHead::keep_alive() const {
  return goes_on(fields, minor);
}

Result<BodyLength> body_length(const RequestHead& head) {
  return length_of(head.fields, head.minor, BodyLength::Kind::none);
}

Result<BodyLength> body_length(const ResponseHead& head, std::string_view method) {
  const bool never = method == "HEAD" || head.status / 100 == 1 || head.status == 204 ||
                     head.status == 304 || (method == "CONNECT" && head.status / 100 == 2);
  const Result<BodyLength> length =
      length_of(head.fields, head.minor, BodyLength::Kind::until_close);
  return length && never ? BodyLength{} : length;
}

BodyReader::BodyReader(BodyLength length, const BodyLimits& limits)
    : left_(length.octets), limits_(limits) {
  switch (length.kind) {
    case BodyLength::Kind::none:
      phase_ = Phase::done;
      break;
    case BodyLength::Kind::counted:
      phase_ = Phase::counted;
      break;
    case BodyLength::Kind::chunked:
      phase_ = Phase::chunk_head;
      break;
    case BodyLength::Kind::until_close:
      phase_ = Phase::until_close;
      left_ = UINT64_MAX;
      break;
  }
}

Result<BodyReader::Step> BodyReader::next(core::Octets octets) {
  switch (phase_) {
    case Phase::counted:
      return counted(octets, Phase::done);
    case Phase::until_close:
      return counted(octets, Phase::until_close);
    case Phase::chunk_head:
      return chunk_head(octets);
    case Phase::chunk_data:
      return counted(octets, Phase::chunk_end);
    case Phase::chunk_end:
      return chunk_end(octets);
    case Phase::trailer:
      return trailer(octets);
    case Phase::done:
      break;
  }
  return Step{0, {}, true};
}

Result<BodyReader::Step> BodyReader::counted(core::Octets octets, Phase after) {
  if (phase_ == Phase::counted && left_ + received_ > limits_.body_octets) {
    return broken(Fault::body_too_long);
  }
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
  if (received_ + count > limits_.body_octets) {
    return broken(Fault::body_too_long);
  }
  received_ += count;
  left_ -= count;
  phase_ = left_ == 0 ? after : phase_;
  return Step{count, octets.first(count), phase_ == Phase::done};
}

Result<BodyReader::Step> BodyReader::chunk_head(core::Octets octets) {
  const std::string_view text = core::text_of(octets);
  const auto end = line_end(text, limits_.chunk_head_octets, Fault::chunk_head_too_long);
  if (!end) {
    return core::fail(end.error());
  }
  if (!*end) {
    return Step{};
  }
  const std::string_view line = text.substr(0, **end);
  const std::size_t digits = line.find_first_of("; \t");
  const std::optional<std::uint64_t> size = hexadecimal(line.substr(0, digits));
  if (!size || (digits != std::string_view::npos && !extension(line.substr(digits)))) {
    return broken(Fault::bad_chunk);
  }
  if (*size + received_ > limits_.body_octets) {
    return broken(Fault::body_too_long);
  }
  left_ = *size;
  phase_ = *size == 0 ? Phase::trailer : Phase::chunk_data;
  return Step{line.size() + 2, {}, false};
}

Result<BodyReader::Step> BodyReader::chunk_end(core::Octets octets) {
  const std::string_view text = core::text_of(octets).substr(0, 2);
  if (text != std::string_view("\r\n").substr(0, text.size())) {
    return broken(Fault::bad_chunk);
  }
  if (text.size() < 2) {
    return Step{};
  }
  phase_ = Phase::chunk_head;
  return Step{2, {}, false};
}

/// A line at a time; what trailers say is checked and forgotten (RFC 9110 6.5.1 allows that).
Result<BodyReader::Step> BodyReader::trailer(core::Octets octets) {
  const std::string_view text = core::text_of(octets);
  const std::size_t limit =
      limits_.trailer_octets - std::min(trailer_seen_, limits_.trailer_octets);
  const auto end = line_end(text, limit, Fault::trailer_too_long);
  if (!end) {
    return core::fail(end.error());
  }
  if (!*end) {
    return Step{};
  }
  if (**end == 0) {
    phase_ = Phase::done;
    return Step{2, {}, true};
  }
  const Result<Fields> line = parse_fields(text.substr(0, **end + 2), 0);
  if (!line) {
    return core::fail(line.error());
  }
  trailer_seen_ += **end + 2;
  return Step{**end + 2, {}, false};
}

}  // namespace strowger::http
