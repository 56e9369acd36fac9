#include "tdm/tdm_conf_span.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace strowger::tdm {
namespace {

using Errors = std::vector<base::ConfError>;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return out;
}

template <class Number>
std::optional<Number> number_in(std::string_view text, Number min, Number max) {
  Number value{};
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return whole && value >= min && value <= max ? std::optional(value) : std::nullopt;
}

/// The section at hand.
class SpanReader {
 public:
  SpanReader(const base::ConfSection& section, Errors& errors, Errors& notices)
      : section_(section), errors_(errors), notices_(notices) {}

  SpanConfig read(const std::string& type, const std::string& name);

 private:
  using Setter = void (SpanReader::*)(const base::ConfEntry&);
  struct Key {
    std::string_view name;
    Setter set;
  };
  static const std::array<Key, 40> keys;

  void wrong(const base::ConfEntry& entry, const std::string& why) {
    errors_.push_back({entry.place, entry.key + ": " + why});
  }
  void yes_or_no(const base::ConfEntry& entry, bool& into);
  template <class Number>
  void number(const base::ConfEntry& entry, Number& into, Number min, Number max);
  void real(const base::ConfEntry& entry, double& into, double min, double max);
  void milliseconds(const base::ConfEntry& entry, core::Duration& into, std::uint32_t min);
  std::size_t choice(const base::ConfEntry& entry, const std::vector<std::string_view>& words);
  void channels(const base::ConfEntry& entry, ChannelType type);
  void range(const base::ConfEntry& entry, std::string_view part, std::uint16_t physical,
             ChannelType type);

  // The keys.
  void trunk_type(const base::ConfEntry& entry);
  void trunk_mode(const base::ConfEntry& entry);
  void name(const base::ConfEntry& entry) { text_or_undef(entry, channel_.name); }
  void number_of(const base::ConfEntry& entry) { text_or_undef(entry, channel_.number); }
  void group(const base::ConfEntry& entry) { text_or_undef(entry, channel_.group); }
  static void text_or_undef(const base::ConfEntry& entry, std::string& into) {
    into = lower(entry.value) == "undef" ? std::string() : entry.value;
  }
  void b_channel(const base::ConfEntry& entry) { channels(entry, ChannelType::b); }
  void d_channel(const base::ConfEntry& entry) { channels(entry, ChannelType::d); }
  void fxs_channel(const base::ConfEntry& entry) { channels(entry, ChannelType::fxs); }
  void fxo_channel(const base::ConfEntry& entry) { channels(entry, ChannelType::fxo); }
  void em_channel(const base::ConfEntry& entry) { channels(entry, ChannelType::em); }
  void cas_channel(const base::ConfEntry& entry) { channels(entry, ChannelType::cas); }
  void rxgain(const base::ConfEntry& entry) { real(entry, channel_.receive_gain_db, -24, 24); }
  void txgain(const base::ConfEntry& entry) { real(entry, channel_.transmit_gain_db, -24, 24); }
  void debugdtmf(const base::ConfEntry& entry) { yes_or_no(entry, channel_.dump_dtmf); }
  void iostats(const base::ConfEntry& entry) { yes_or_no(entry, channel_.statistics); }
  void dtmfdetect(const base::ConfEntry& entry) { yes_or_no(entry, channel_.detect_dtmf); }
  void without_effect(const base::ConfEntry& entry) {
    notices_.push_back({entry.place, entry.key + " needs no setting here"});
  }
  void digit_timeout(const base::ConfEntry& entry) {
    milliseconds(entry, span_.analog.digit_timeout, 100);
  }
  void max_digits(const base::ConfEntry& entry) {
    number<std::uint16_t>(entry, span_.analog.max_digits, 1, 31);
  }
  void hotline(const base::ConfEntry& entry);
  void caller_id(const base::ConfEntry& entry) { yes_or_no(entry, span_.analog.caller_id); }
  void answer_polarity(const base::ConfEntry& entry) {
    yes_or_no(entry, span_.analog.answer_polarity);
  }
  void dialtone_wait(const base::ConfEntry& entry) {
    milliseconds(entry, span_.analog.dialtone_wait, 0);
  }
  void framing(const base::ConfEntry& entry) {
    channel_.framing = static_cast<Framing>(choice(entry, {"octets", "hdlc", "mtp2"}));
  }
  void law(const base::ConfEntry& entry);
  void glare(const base::ConfEntry& entry);
  void signalling(const base::ConfEntry& entry) { span_.signalling = entry.value; }
  void peer(const base::ConfEntry& entry) {
    span_.signalling_peer = span_.transport.peer = entry.value;
  }
  void max_calls(const base::ConfEntry& entry) {
    number<std::uint16_t>(entry, span_.max_calls, 1, 65'000);
  }
  void local(const base::ConfEntry& entry) { span_.transport.local = entry.value; }
  void remote(const base::ConfEntry& entry) { span_.transport.remote = entry.value; }
  void packet_ms(const base::ConfEntry& entry) {
    number<std::uint32_t>(entry, span_.transport.packet_ms, 1, 40);
  }
  void jitter_ms(const base::ConfEntry& entry) {
    number<std::uint32_t>(entry, span_.transport.jitter_ms, 1, 500);
  }
  void redundancy(const base::ConfEntry& entry) { yes_or_no(entry, span_.transport.redundancy); }
  void rtp(const base::ConfEntry& entry) { yes_or_no(entry, span_.transport.rtp_header); }
  void seed(const base::ConfEntry& entry) {
    number<std::uint64_t>(entry, span_.transport.seed, 0, UINT64_MAX);
  }
  void bit_error_rate(const base::ConfEntry& entry) {
    real(entry, span_.transport.bit_error_rate, 0, 1);
  }
  void slips_per_hour(const base::ConfEntry& entry) {
    real(entry, span_.transport.slips_per_hour, 0, 3'600'000);
  }

  const base::ConfSection& section_;
  Errors& errors_;
  Errors& notices_;
  SpanConfig span_;
  ChannelConfig channel_;  // what the next channels get
  bool law_set_ = false;
};

const std::array<SpanReader::Key, 40> SpanReader::keys{{
    {"trunk_type", &SpanReader::trunk_type},
    {"trunk_mode", &SpanReader::trunk_mode},
    {"name", &SpanReader::name},
    {"number", &SpanReader::number_of},
    {"group", &SpanReader::group},
    {"b-channel", &SpanReader::b_channel},
    {"d-channel", &SpanReader::d_channel},
    {"fxs-channel", &SpanReader::fxs_channel},
    {"fxo-channel", &SpanReader::fxo_channel},
    {"em-channel", &SpanReader::em_channel},
    {"cas-channel", &SpanReader::cas_channel},
    {"rxgain", &SpanReader::rxgain},
    {"txgain", &SpanReader::txgain},
    {"debugdtmf", &SpanReader::debugdtmf},
    {"iostats", &SpanReader::iostats},
    {"dtmfdetect", &SpanReader::dtmfdetect},
    {"analog-start-type", &SpanReader::without_effect},
    {"dtmf_time_on", &SpanReader::without_effect},
    {"dtmf_time_off", &SpanReader::without_effect},
    {"digit-timeout", &SpanReader::digit_timeout},
    {"max-digits", &SpanReader::max_digits},
    {"hotline", &SpanReader::hotline},
    {"enable-callerid", &SpanReader::caller_id},
    {"answer-polarity-reverse", &SpanReader::answer_polarity},
    {"wait-dialtone-timeout", &SpanReader::dialtone_wait},
    {"framing", &SpanReader::framing},
    {"law", &SpanReader::law},
    {"glare", &SpanReader::glare},
    {"signalling", &SpanReader::signalling},
    {"peer", &SpanReader::peer},
    {"max_calls", &SpanReader::max_calls},
    {"local", &SpanReader::local},
    {"remote", &SpanReader::remote},
    {"packet_ms", &SpanReader::packet_ms},
    {"jitter_ms", &SpanReader::jitter_ms},
    {"redundancy", &SpanReader::redundancy},
    {"rtp", &SpanReader::rtp},
    {"seed", &SpanReader::seed},
    {"bit_error_rate", &SpanReader::bit_error_rate},
    {"slips_per_hour", &SpanReader::slips_per_hour},
}};

void SpanReader::yes_or_no(const base::ConfEntry& entry, bool& into) {
  const std::string word = lower(entry.value);
  const bool yes = word == "yes" || word == "true" || word == "on" || word == "1";
  const bool no = word == "no" || word == "false" || word == "off" || word == "0";
  if (!yes && !no) {
    return wrong(entry, "yes or no");
  }
  into = yes;
}

template <class Number>
void SpanReader::number(const base::ConfEntry& entry, Number& into, Number min, Number max) {
  const auto value = number_in<Number>(entry.value, min, max);
  if (!value) {
    return wrong(entry, "a number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  into = *value;
}

void SpanReader::real(const base::ConfEntry& entry, double& into, double min, double max) {
  char* end = nullptr;
  const double value = std::strtod(entry.value.c_str(), &end);
  if (entry.value.empty() || *end != '\0' || !(value >= min && value <= max)) {
    return wrong(entry, "a number from " + std::to_string(static_cast<int>(min)) + " to " +
                            std::to_string(static_cast<int>(max)));
  }
  into = value;
}

void SpanReader::milliseconds(const base::ConfEntry& entry, core::Duration& into,
                              std::uint32_t min) {
  std::uint32_t value = static_cast<std::uint32_t>(into.ns / 1'000'000);
  number<std::uint32_t>(entry, value, min, 60'000);
  into = core::milliseconds(value);
}

void SpanReader::hotline(const base::ConfEntry& entry) {
  if (entry.value.find_first_not_of("0123456789*#ABCD") != std::string::npos ||
      !span_.analog.hotline.assign(entry.value)) {
    wrong(entry, "a number of at most 31 digits");
  }
}

/// The place of the word; that of the first, and an error, where it is none of them.
std::size_t SpanReader::choice(const base::ConfEntry& entry,
                               const std::vector<std::string_view>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (lower(words[i]) == lower(entry.value)) {
      return i;
    }
  }
  std::string all;
  for (const std::string_view word : words) {
    all.append(all.empty() ? "" : ", ").append(word);
  }
  wrong(entry, "one of " + all);
  return 0;
}

void SpanReader::trunk_type(const base::ConfEntry& entry) {
  span_.trunk = static_cast<TrunkType>(
      choice(entry, {"E1", "T1", "J1", "BRI", "BRI_PTMP", "FXO", "FXS", "EM"}));
}

void SpanReader::trunk_mode(const base::ConfEntry& entry) {
  span_.network_side = choice(entry, {"CPE", "NET"}) == 1;
}

void SpanReader::law(const base::ConfEntry& entry) {
  span_.law = choice(entry, {"alaw", "mulaw"}) == 0 ? media::Codec::pcma : media::Codec::pcmu;
  law_set_ = true;
}

void SpanReader::glare(const base::ConfEntry& entry) {
  span_.glare = static_cast<GlareRule>(choice(entry, {"yield", "even", "odd", "control"}));
}

/// "[SPAN:]A[-B][,C[-D]...][:BITS]": freetdm.conf's form, for zt and wanpipe alike.
void SpanReader::channels(const base::ConfEntry& entry, ChannelType type) {
  std::string_view rest = entry.value;
  std::uint16_t physical = 1;
  std::string bits;
  if (type == ChannelType::cas) {
    const auto colon = rest.rfind(':');
    if (colon != std::string_view::npos &&
        rest.substr(colon + 1).find_first_not_of("01") == std::string_view::npos &&
        rest.size() - colon == 5) {
      bits = rest.substr(colon + 1);
      rest = rest.substr(0, colon);
    }
  }
  if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
    const auto span = number_in<std::uint16_t>(rest.substr(0, colon), 1, 128);
    if (!span) {
      return wrong(entry, "the span before ':' is a number from 1 to 128");
    }
    physical = *span;
    rest.remove_prefix(colon + 1);
  }
  channel_.cas_bits = bits;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    range(entry, rest.substr(0, comma), physical, type);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
}

void SpanReader::range(const base::ConfEntry& entry, std::string_view part, std::uint16_t physical,
                       ChannelType type) {
  const auto dash = part.find('-');
  const auto first = number_in<std::uint16_t>(part.substr(0, dash), 1, 1024);
  const auto last = dash == std::string_view::npos
                        ? first
                        : number_in<std::uint16_t>(part.substr(dash + 1), 1, 1024);
  if (!first || !last || *last < *first) {
    return wrong(entry, "channels are like 1-15 or 1:17-31, each from 1 to 1024");
  }
  for (std::uint16_t timeslot = *first; timeslot <= *last; ++timeslot) {
    const bool twice =
        std::any_of(span_.channels.begin(), span_.channels.end(), [&](const ChannelConfig& known) {
          return known.timeslot == timeslot && known.physical_span == physical;
        });
    if (twice) {
      return wrong(entry, "channel " + std::to_string(timeslot) + " is in this span already");
    }
    ChannelConfig channel = channel_;
    channel.type = type;
    channel.framing = type == ChannelType::d ? channel_.framing : Framing::octets;
    channel.timeslot = timeslot;
    channel.physical_span = physical;
    span_.channels.push_back(channel);
  }
}

SpanConfig SpanReader::read(const std::string& type, const std::string& name) {
  span_.name = name;
  span_.transport.type = type == "zt" ? "dahdi" : type;
  if (span_.transport.type != "dahdi" && type != "loop" && type != "udp") {
    errors_.push_back({section_.place, "span type " + type +
                                           ": loop, udp, dahdi or zt (wanpipe "
                                           "and pika cards are not supported)"});
  }
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const Key& key : keys) {
    names.push_back(key.name);
  }
  for (const base::ConfEntry& entry : section_.entries) {
    const std::string word = lower(entry.key);
    const auto* key = std::find_if(keys.begin(), keys.end(),
                                   [&](const Key& known) { return known.name == word; });
    if (key != keys.end()) {
      (this->*key->set)(entry);
    } else {
      const auto near = base::nearest(word, names);
      errors_.push_back({entry.place, "unknown key '" + entry.key + "' in [" + section_.name + "]" +
                                          (near ? ": did you mean '" + std::string(*near) + "'?"
                                                : std::string())});
    }
  }
  if (!law_set_ && (span_.trunk == TrunkType::t1 || span_.trunk == TrunkType::j1)) {
    span_.law = media::Codec::pcmu;
  }
  return span_;
}

}  // namespace

SpanConfig load_span(const base::ConfSection& section, const std::string& type,
                     const std::string& name, Errors& errors, Errors& notices) {
  return SpanReader(section, errors, notices).read(type, name);
}

}  // namespace strowger::tdm
