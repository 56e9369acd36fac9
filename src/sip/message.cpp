#include "sip/message.hpp"

#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

using core::fail;

template <class T>
Parsed<T> malformed_unless(const std::optional<T>& parsed) {
  return parsed ? Parsed<T>(*parsed) : fail(HeaderError::malformed);
}

}  // namespace

const char* to_string(HeaderError error) {
  switch (error) {
    case HeaderError::missing:
      return "missing";
    case HeaderError::malformed:
      return "malformed";
    case HeaderError::repeated:
      return "repeated";
  }
  return "unknown";
}

Elements::Iterator::Iterator(const Message& message, HeaderName name)
    : message_(&message), next_field_(message.find(name)), name_(name) {
  step();
}

void Elements::Iterator::step() {
  while (true) {
    while (!rest_.empty()) {
      element_ = next_element(rest_);
      if (!element_.empty()) {
        return;
      }
    }
    if (next_field_ >= message_->field_count()) {
      message_ = nullptr;
      return;
    }
    rest_ = message_->field(next_field_).value;
    next_field_ = message_->find(name_, next_field_ + 1);
  }
}

std::size_t Elements::count() const {
  std::size_t count = 0;
  for (auto at = begin(); at != end(); ++at) {
    ++count;
  }
  return count;
}

bool Elements::has(std::string_view token) const {
  for (const std::string_view element : *this) {
    if (same_text(element, token)) {
      return true;
    }
  }
  return false;
}

HeaderField Message::field(std::size_t index) const {
  const IndexEntry& entry = index_[index];
  return {entry.name,
          {base_ + entry.name_at, entry.name_size},
          {base_ + entry.value_at, entry.value_size}};
}

std::size_t Message::find(HeaderName name, std::size_t from) const {
  std::size_t index = first_[slot(name)];
  if (index >= field_count_) {
    return field_count_;
  }
  if (index < from) {
    index = from;
    while (index < field_count_ && index_[index].name != name) {
      ++index;
    }
  }
  return index;
}

std::size_t Message::count(HeaderName name) const {
  std::size_t count = 0;
  for (std::size_t i = find(name); i < field_count_; i = find(name, i + 1)) {
    ++count;
  }
  return count;
}

std::optional<std::string_view> Message::value(HeaderName name) const {
  const std::size_t index = find(name);
  return index < field_count_ ? std::optional(field(index).value) : std::nullopt;
}

std::optional<std::string_view> Message::value(std::string_view name) const {
  if (const HeaderName known = header_name_of(name); known != HeaderName::other) {
    return value(known);
  }
  for (std::size_t i = find(HeaderName::other); i < field_count_;
       i = find(HeaderName::other, i + 1)) {
    if (same_text(field(i).raw_name, name)) {
      return field(i).value;
    }
  }
  return std::nullopt;
}

Parsed<Via> Message::top_via() const {
  const auto first = elements(HeaderName::via).begin();
  if (first == Elements::end()) {
    return fail(HeaderError::missing);
  }
  return malformed_unless(parse_via(*first));
}

Parsed<NameAddr> Message::name_addr(HeaderName name) const {
  const std::size_t index = find(name);
  if (index == field_count_) {
    return fail(HeaderError::missing);
  }
  if (find(name, index + 1) != field_count_) {
    return fail(HeaderError::repeated);
  }
  return malformed_unless(parse_name_addr(field(index).value));
}

Parsed<NameAddr> Message::first_name_addr(HeaderName name) const {
  const auto first = elements(name).begin();
  if (first == Elements::end()) {
    return fail(HeaderError::missing);
  }
  return malformed_unless(parse_name_addr(*first));
}

std::string_view Message::call_id() const {
  return value(HeaderName::call_id).value_or("");
}

Parsed<CSeq> Message::cseq() const {
  const std::size_t index = find(HeaderName::cseq);
  if (index == field_count_) {
    return fail(HeaderError::missing);
  }
  if (find(HeaderName::cseq, index + 1) != field_count_) {
    return fail(HeaderError::repeated);
  }
  return malformed_unless(parse_cseq(field(index).value));
}

Parsed<std::uint32_t> Message::number(HeaderName name) const {
  const std::size_t index = find(name);
  if (index == field_count_) {
    return fail(HeaderError::missing);
  }
  if (find(name, index + 1) != field_count_) {
    return fail(HeaderError::repeated);
  }
  return malformed_unless(parse_number(field(index).value));
}

Parsed<MediaType> Message::content_type() const {
  const auto type = value(HeaderName::content_type);
  if (!type) {
    return fail(HeaderError::missing);
  }
  return malformed_unless(parse_media_type(*type));
}

bool Message::contact_is_wildcard() const {
  const Elements contacts = elements(HeaderName::contact);
  return contacts.begin() != Elements::end() && *contacts.begin() == "*" && contacts.count() == 1;
}

Parsed<DigestParams> Message::digest(HeaderName name, std::size_t nth) const {
  std::size_t index = find(name);
  for (; nth > 0 && index < field_count_; --nth) {
    index = find(name, index + 1);
  }
  if (index >= field_count_) {
    return fail(HeaderError::missing);
  }
  return malformed_unless(parse_digest(field(index).value));
}

std::optional<Reason> Message::reason(std::string_view protocol) const {
  for (const std::string_view element : elements(HeaderName::reason)) {
    const auto reason = parse_reason(element);
    if (reason && same_text(reason->protocol, protocol)) {
      return reason;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> unfold(std::string_view value, std::span<char> room) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    if (c == '\r' || c == '\n') {
      while (i + 1 < value.size() && is_in(value[i + 1], char_space)) {
        ++i;
      }
      c = ' ';
    }
    if (size == room.size()) {
      return std::nullopt;
    }
    room[size++] = c;
  }
  return std::string_view{room.data(), size};
}

}  // namespace strowger::sip
