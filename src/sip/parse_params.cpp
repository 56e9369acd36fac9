#include "sip/parse_params.hpp"

#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

bool ends_value(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet <= 0x20 || octet == 0x7F || c == '"' || c == ';' || c == ',' || c == '<' || c == '>';
}

std::string_view take_plain_value(TextReader& reader) {
  const std::string_view rest = reader.rest();
  std::size_t size = 0;
  while (size < rest.size() && !ends_value(rest[size])) {
    ++size;
  }
  return reader.take_first(size);
}

bool take_value(TextReader& reader, Param& param) {
  param.has_value = reader.skip_spaced('=');
  if (!param.has_value) {
    return true;
  }
  param.value = reader.peek() == '"' ? reader.take_quoted() : take_plain_value(reader);
  return !param.value.empty();
}

}  // namespace

Params::Iterator::Iterator(std::string_view rest, char separator)
    : rest_(rest), separator_(separator), done_(false) {
  step();
}

// A comma list may have empty elements (the # rule of RFC 2617), a semicolon list may not.
void Params::Iterator::step() {
  TextReader reader(rest_);
  bool separated = false;
  while (reader.skip_spaced(separator_)) {
    if (separated && separator_ == ';') {
      malformed_ = true;
      done_ = true;
      return;
    }
    separated = true;
  }
  if (reader.at_end()) {
    malformed_ = separated && separator_ == ';';
    done_ = true;
    return;
  }
  param_ = Param{reader.take(unsigned{char_token} | char_param), {}, false};
  const bool good = !param_.name.empty() && take_value(reader, param_);
  reader.skip_space();
  if (!good || (!reader.at_end() && reader.peek() != separator_)) {
    malformed_ = true;
    done_ = true;
    return;
  }
  rest_ = reader.rest();
}

std::optional<Param> Params::find(std::string_view name) const {
  for (const Param& param : *this) {
    if (same_text(param.name, name)) {
      return param;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> Params::get(std::string_view name) const {
  const auto param = find(name);
  return param ? std::optional(unquote(param->value)) : std::nullopt;
}

bool Params::well_formed() const {
  Iterator at = begin();
  while (at != end()) {
    ++at;
  }
  return !at.malformed();
}

std::string_view next_element(std::string_view& rest) {
  std::size_t i = 0;
  bool in_brackets = false;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"' && !in_brackets) {
      const std::size_t size = quoted_length(rest.substr(i));
      if (size == 0) {
        i = rest.size();
        break;
      }
      i += size - 1;
    } else if (c == '<') {
      in_brackets = true;
    } else if (c == '>') {
      in_brackets = false;
    } else if (c == ',' && !in_brackets) {
      break;
    }
  }
  const std::string_view element = rest.substr(0, i);
  rest.remove_prefix(i < rest.size() ? i + 1 : i);
  return trim(element);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_in(text.front(), char_space)) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_in(text.back(), char_space)) {
    text.remove_suffix(1);
  }
  return text;
}

bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

std::string_view unquote(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace strowger::sip
