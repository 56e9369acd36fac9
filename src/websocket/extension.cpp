#include "websocket/extension.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "http/parse.hpp"

namespace strowger::websocket {
namespace {

constexpr std::string_view deflate_name = "permessage-deflate";
constexpr std::string_view field_name = "sec-websocket-extensions";
constexpr int widest = 15;
constexpr int narrowest = 8;

/// The parameters of one permessage-deflate, as they stand there.
struct Parameters {
  bool server_no_takeover = false;
  bool client_no_takeover = false;
  std::optional<int> server_bits;
  std::optional<int> client_bits;
  bool client_bits_named = false;  // in an offer it may stand without a value
};

enum class Reading : std::uint8_t { good, syntax, bad_parameter };

/// The value of a parameter, quotes taken off; it must be a token in either form (RFC 6455 9.1).
std::optional<std::string_view> plain(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return http::is_token(value) ? std::optional(value) : std::nullopt;
}

/// 8 to 15, without leading zeros (RFC 7692 7.1.2.1).
std::optional<int> window_bits(std::string_view value) {
  const auto number = http::decimal(value);
  if (!number || value.front() == '0' || *number < narrowest || *number > widest) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

bool set_flag(bool& flag, bool has_value) {
  return !has_value && !std::exchange(flag, true);
}

bool set_bits(std::optional<int>& bits, std::string_view value) {
  const bool first = !bits;
  bits = window_bits(value);
  return first && bits;
}

bool set(Parameters& parameters, std::string_view name, std::optional<std::string_view> value) {
  if (base::same_word(name, "server_no_context_takeover")) {
    return set_flag(parameters.server_no_takeover, value.has_value());
  }
  if (base::same_word(name, "client_no_context_takeover")) {
    return set_flag(parameters.client_no_takeover, value.has_value());
  }
  if (base::same_word(name, "server_max_window_bits")) {
    return value && set_bits(parameters.server_bits, *value);
  }
  if (base::same_word(name, "client_max_window_bits")) {
    return !std::exchange(parameters.client_bits_named, true) &&
           (!value || set_bits(parameters.client_bits, *value));
  }
  return false;
}

/// Reads what stands behind the name of an extension. Goes on after a bad parameter: wrong grammar
/// further on is worse.
Reading read_parameters(std::string_view text, Parameters& parameters) {
  Reading reading = Reading::good;
  while (text.data() != nullptr) {
    const std::string_view parameter = http::without_blanks(http::split_unquoted(text, ';', text));
    std::string_view value;
    const std::string_view name = http::without_blanks(http::split_unquoted(parameter, '=', value));
    if (!http::is_token(name)) {
      return Reading::syntax;
    }
    std::optional<std::string_view> given;
    if (value.data() != nullptr) {
      given = plain(http::without_blanks(value));
      if (!given) {
        return Reading::syntax;
      }
    }
    if (!set(parameters, name, given)) {
      reading = Reading::bad_parameter;
    }
  }
  return reading;
}

struct Element {
  std::string_view name;
  Reading reading = Reading::good;
  Parameters parameters;
};

Element read_element(std::string_view member) {
  std::string_view rest;
  Element element;
  element.name = http::without_blanks(http::split_unquoted(member, ';', rest));
  element.reading = read_parameters(rest, element.parameters);
  if (!http::is_token(element.name)) {
    element.reading = Reading::syntax;
  }
  return element;
}

/// Calls for each extension of each field, until it says false.
template <class Each>
void each_element(const http::Fields& fields, Each&& each) {
  for (const http::Field& field : fields) {
    if (!base::same_word(field.name, field_name)) {
      continue;
    }
    http::ListReader list(field.value);
    while (const auto member = list.next()) {
      if (!each(read_element(*member))) {
        return;
      }
    }
  }
}

std::string with_bits(std::string_view name, int bits) {
  return "; " + std::string(name) + "=" + std::to_string(bits);
}

/// RFC 7692 7.1: what a server makes of an offer. Nothing where it asks for what we don't do.
DeflateAnswer take(const Parameters& offer, const DeflateSettings& settings) {
  DeflateAnswer result;
  DeflateAgreement agreed;
  agreed.own_takeover = settings.own_takeover && !offer.server_no_takeover;
  agreed.peer_takeover = settings.peer_takeover && !offer.client_no_takeover;
  agreed.own_window_bits = std::min(settings.own_window_bits, offer.server_bits.value_or(widest));
  agreed.peer_window_bits = offer.client_bits_named ? std::min(settings.peer_window_bits,
                                                               offer.client_bits.value_or(widest))
                                                    : widest;
  result.answer = deflate_name;
  result.answer += agreed.own_takeover ? "" : "; server_no_context_takeover";
  result.answer += agreed.peer_takeover ? "" : "; client_no_context_takeover";
  if (offer.server_bits || agreed.own_window_bits < widest) {
    result.answer += with_bits("server_max_window_bits", agreed.own_window_bits);
  }
  if (offer.client_bits_named && agreed.peer_window_bits < widest) {
    result.answer += with_bits("client_max_window_bits", agreed.peer_window_bits);
  }
  result.agreed = agreed;
  return result;
}

}  // namespace

core::Result<DeflateAnswer, ExtensionFault> answer_offers(const http::Fields& fields,
                                                          const DeflateSettings& settings) {
  DeflateAnswer result;
  bool syntax = true;
  each_element(fields, [&](const Element& element) {
    syntax = element.reading != Reading::syntax;
    const bool fits = settings.enabled && !result.agreed &&
                      base::same_word(element.name, deflate_name) &&
                      element.reading == Reading::good;
    if (fits) {
      result = take(element.parameters, settings);
    }
    return syntax;
  });
  if (!syntax) {
    return core::fail(ExtensionFault::syntax);
  }
  return result;
}

std::string make_offer(const DeflateSettings& settings) {
  if (!settings.enabled) {
    return {};
  }
  std::string offer(deflate_name);
  offer += settings.peer_takeover ? "" : "; server_no_context_takeover";
  offer += settings.own_takeover ? "" : "; client_no_context_takeover";
  if (settings.peer_window_bits < widest) {
    offer += with_bits("server_max_window_bits", settings.peer_window_bits);
  }
  // Without a value: the server may choose (RFC 7692 7.1.2.2).
  offer += settings.own_window_bits < widest
               ? with_bits("client_max_window_bits", settings.own_window_bits)
               : "; client_max_window_bits";
  return offer;
}

core::Result<std::optional<DeflateAgreement>, ExtensionFault> read_answer(
    const http::Fields& fields, const DeflateSettings& settings) {
  std::optional<DeflateAgreement> agreed;
  std::optional<ExtensionFault> fault;
  each_element(fields, [&](const Element& element) {
    const Parameters& answer = element.parameters;
    if (element.reading == Reading::syntax) {
      fault = ExtensionFault::syntax;
    } else if (!settings.enabled || !base::same_word(element.name, deflate_name)) {
      fault = ExtensionFault::unasked;
    } else if (agreed) {
      fault = ExtensionFault::repeated;
    } else if (element.reading == Reading::bad_parameter ||
               (answer.client_bits_named && !answer.client_bits) ||
               answer.server_bits.value_or(widest) > settings.peer_window_bits ||
               (!settings.peer_takeover && !answer.server_no_takeover)) {
      // RFC 7692 7.1.1.1, 7.1.2.1, 7.1.2.2: what was asked for must be granted, not exceeded.
      fault = ExtensionFault::parameter;
    } else {
      agreed = DeflateAgreement{
          std::min(settings.own_window_bits, answer.client_bits.value_or(widest)),
          answer.server_bits.value_or(widest), settings.own_takeover && !answer.client_no_takeover,
          !answer.server_no_takeover};
    }
    return !fault;
  });
  if (fault) {
    return core::fail(*fault);
  }
  return agreed;
}

}  // namespace strowger::websocket
