#include "ss7_trunk/ss7_conf_link.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

namespace strowger::ss7_trunk {
namespace {

using Errors = std::vector<base::ConfError>;

std::optional<std::uint16_t> number_in(std::string_view text, std::uint16_t min,
                                       std::uint16_t max) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  std::uint16_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  return whole && value >= min && value <= max ? std::optional(value) : std::nullopt;
}

/// A timer: its key, where it lives, and its range in milliseconds (Q.703 12.3, 64 kbit/s, with the
/// wider of the other rates).
struct TimerKey {
  std::string_view name;
  core::Duration ss7::mtp2::Timers::*timer;
  long min_ms;
  long max_ms;
};
constexpr std::array<TimerKey, 8> timer_keys{{
    {"t1", &ss7::mtp2::Timers::t1, 25'000, 600'000},
    {"t2", &ss7::mtp2::Timers::t2, 5'000, 150'000},
    {"t3", &ss7::mtp2::Timers::t3, 1'000, 2'000},
    {"t4n", &ss7::mtp2::Timers::t4_normal, 3'000, 120'000},
    {"t4e", &ss7::mtp2::Timers::t4_emergency, 400, 8'000},
    {"t5", &ss7::mtp2::Timers::t5, 80, 120},
    {"t6", &ss7::mtp2::Timers::t6, 3'000, 12'000},
    {"t7", &ss7::mtp2::Timers::t7, 500, 6'000},
}};

void load_mtp2(base::ConfKeys& keys, ss7::mtp2::Config& config) {
  using Correction = ss7::mtp2::Config::Correction;
  config.correction = keys.choice("correction", "basic", {"basic", "pcr"}) == "pcr"
                          ? Correction::preventive_cyclic
                          : Correction::basic;
  config.status_octets = static_cast<std::uint8_t>(keys.integer("lssu_octets", 1, 1, 2));
  config.n1 = static_cast<std::uint16_t>(keys.integer("n1", config.n1, 1, 127));
  config.n2 = static_cast<std::uint32_t>(keys.integer("n2", config.n2, 300, 35'000));
  for (const TimerKey& key : timer_keys) {
    core::Duration& timer = config.timers.*key.timer;
    timer =
        core::milliseconds(keys.integer(key.name, timer.milliseconds(), key.min_ms, key.max_ms));
  }
}

/// What chan_ss7 knows and MTP3, ISUP or the span's channels will want.
void load_kept(base::ConfKeys& keys, Errors& notices) {
  for (const std::string_view key : {"firstcic", "sls", "sltm", "stp", "auto_block"}) {
    keep_for_later(keys, key, notices);
  }
  for (const std::string_view key :
       {"echocancel", "echocan_train", "echocan_taps", "rxgain", "txgain", "relaxdtmf", "iftype"}) {
    keys.accepted_without_effect(key, notices, "tdm.conf has it, of the span");
  }
  for (const std::string_view key : {"rc", "bandwidth", "erlang"}) {
    keys.accepted_without_effect(key, notices, "it needs no setting here");
  }
}

std::vector<std::uint16_t> load_list(base::ConfKeys& keys, const base::ConfSection& section,
                                     std::string_view key, Errors& errors) {
  const auto entries = keys.all(key);
  if (entries.empty()) {
    errors.push_back({section.place, "[" + section.name + "] has no " + std::string(key)});
    return {};
  }
  return entries.back()->value.empty() ? std::vector<std::uint16_t>()
                                       : number_list(*entries.back(), 1, 31, errors);
}

}  // namespace

std::vector<std::uint16_t> number_list(const base::ConfEntry& entry, std::uint16_t min,
                                       std::uint16_t max, Errors& errors) {
  std::set<std::uint16_t> numbers;
  std::string_view rest = entry.value;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const auto dash = part.find('-');
    const auto first = number_in(part.substr(0, dash), min, max);
    const auto last =
        dash == std::string_view::npos ? first : number_in(part.substr(dash + 1), min, max);
    if (!first || !last || *last < *first) {
      errors.push_back({entry.place, entry.key + ": numbers like 1-15,17-31, each from " +
                                         std::to_string(min) + " to " + std::to_string(max)});
      return {};
    }
    for (std::uint16_t number = *first; number <= *last; ++number) {
      numbers.insert(number);
    }
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return {numbers.begin(), numbers.end()};
}

void keep_for_later(base::ConfKeys& keys, std::string_view key, Errors& notices) {
  const std::string text =
      "'" + std::string(key) + "' is kept for MTP3 and ISUP, which are not there yet";
  const auto same = [&](const base::ConfError& notice) { return notice.text == text; };
  for (const base::ConfEntry* entry : keys.all(key)) {
    if (std::none_of(notices.begin(), notices.end(), same)) {
      notices.push_back({entry->place, text});
    }
  }
}

LinkSection load_link_section(const base::ConfSection& section, Errors& errors, Errors& notices) {
  base::ConfKeys keys(section, errors);
  LinkSection loaded;
  LinkConfig& link = loaded.link;
  link.name = section.name.substr(std::string_view("link-").size());
  link.place = section.place;
  link.linkset = keys.text("linkset", "");
  if (link.linkset.empty()) {
    errors.push_back({section.place, "[" + section.name + "] has no linkset"});
  }
  loaded.enabled = keys.boolean("enabled", true);
  link.span = keys.text("span", "");
  link.align_at_start = keys.boolean("initial_alignment", true);
  link.emergency = keys.boolean("emergency", false);
  if (const auto* remote = section.find("schannel");
      remote != nullptr && remote->value.find('@') != std::string::npos) {
    keys.all("schannel");
    errors.push_back(
        {remote->place, "schannel: a signalling channel on another host (mtp3d) is not supported"});
  } else {
    loaded.schannels = load_list(keys, section, "schannel", errors);
  }
  loaded.channels = load_list(keys, section, "channels", errors);
  for (const std::uint16_t timeslot : loaded.schannels) {
    if (std::find(loaded.channels.begin(), loaded.channels.end(), timeslot) !=
        loaded.channels.end()) {
      errors.push_back({section.place, "timeslot " + std::to_string(timeslot) +
                                           " is in channels and in schannel"});
    }
  }
  load_mtp2(keys, link.mtp2);
  load_kept(keys, notices);
  keys.finish();
  return loaded;
}

}  // namespace strowger::ss7_trunk
