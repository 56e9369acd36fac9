#include <algorithm>
#include <charconv>

#include "base/conf.hpp"
#include "base/text.hpp"

namespace strowger::base {
namespace {

/// Edit distance with transposition of neighbours counted as one (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> before(width);
  std::vector<std::size_t> above(width);
  std::vector<std::size_t> row(width);
  for (std::size_t j = 0; j < width; ++j) {
    above[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

void add_once(std::vector<ConfError>& errors, const ConfPlace& place, std::string text) {
  const auto same_place = [&](const ConfError& error) {
    return error.place.line == place.line && error.place.file == place.file;
  };
  if (std::none_of(errors.begin(), errors.end(), same_place)) {
    errors.push_back({place, std::move(text)});
  }
}

std::string quoted(std::string_view word) {
  return "'" + std::string(word) + "'";
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) {
    list += (list.empty() ? "" : ", ") + std::string(word);
  }
  return list;
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        const std::vector<std::string_view>& candidates) {
  // A third of the letters may be wrong, at least one; longer words than any key are not compared.
  constexpr std::size_t longest = 64;
  if (word.empty() || word.size() > longest) {
    return std::nullopt;
  }
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > longest) {
      continue;
    }
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

ConfKeys::ConfKeys(const ConfSection& section, std::vector<ConfError>& errors)
    : section_(section), errors_(errors) {}

const ConfEntry* ConfKeys::known(std::string_view key) {
  known_.emplace_back(key);
  return section_.find(key);
}

std::string ConfKeys::text(std::string_view key, std::string_view fallback) {
  const ConfEntry* entry = known(key);
  return entry == nullptr ? std::string(fallback) : entry->value;
}

bool ConfKeys::boolean(std::string_view key, bool fallback) {
  const ConfEntry* entry = known(key);
  if (entry == nullptr) {
    return fallback;
  }
  for (const std::string_view word : {"yes", "true", "on", "1"}) {
    if (same_word(entry->value, word)) {
      return true;
    }
  }
  for (const std::string_view word : {"no", "false", "off", "0"}) {
    if (same_word(entry->value, word)) {
      return false;
    }
  }
  add_once(errors_, entry->place,
           quoted(entry->key) + " must be yes or no, not " + quoted(entry->value));
  return fallback;
}

long ConfKeys::integer(std::string_view key, long fallback, long min, long max) {
  const ConfEntry* entry = known(key);
  if (entry == nullptr) {
    return fallback;
  }
  const std::string& value = entry->value;
  long number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size() && number >= min &&
      number <= max) {
    return number;
  }
  add_once(errors_, entry->place,
           quoted(entry->key) + " must be a whole number from " + std::to_string(min) + " to " +
               std::to_string(max) + ", not " + quoted(value));
  return fallback;
}

std::string ConfKeys::choice(std::string_view key, std::string_view fallback,
                             const std::vector<std::string_view>& words) {
  const ConfEntry* entry = known(key);
  if (entry == nullptr) {
    return std::string(fallback);
  }
  for (const std::string_view word : words) {
    if (same_word(entry->value, word)) {
      return std::string(word);
    }
  }
  const auto near = nearest(entry->value, words);
  add_once(errors_, entry->place,
           quoted(entry->key) + " must be one of " + listed(words) + ", not " +
               quoted(entry->value) + (near ? ": did you mean " + quoted(*near) + "?" : ""));
  return std::string(fallback);
}

std::vector<const ConfEntry*> ConfKeys::all(std::string_view key) {
  known_.emplace_back(key);
  std::vector<const ConfEntry*> found;
  for (const ConfEntry& entry : section_.entries) {
    if (same_word(entry.key, key)) {
      found.push_back(&entry);
    }
  }
  return found;
}

void ConfKeys::accepted_without_effect(std::string_view key, std::vector<ConfError>& notices,
                                       std::string_view why) {
  const ConfEntry* entry = known(key);
  if (entry == nullptr) {
    return;
  }
  std::string text = quoted(key) + " needs no setting here: " + std::string(why);
  const auto same = [&](const ConfError& notice) { return notice.text == text; };
  if (std::none_of(notices.begin(), notices.end(), same)) {
    notices.push_back({entry->place, std::move(text)});
  }
}

void ConfKeys::finish() {
  const std::vector<std::string_view> candidates(known_.begin(), known_.end());
  for (const ConfEntry& entry : section_.entries) {
    const auto asked = [&](const std::string& key) { return same_word(key, entry.key); };
    if (std::any_of(known_.begin(), known_.end(), asked)) {
      continue;
    }
    const auto near = nearest(entry.key, candidates);
    add_once(errors_, entry.place,
             "unknown key " + quoted(entry.key) + " in [" + section_.name + "]" +
                 (near ? ": did you mean " + quoted(*near) + "?" : ""));
  }
}

}  // namespace strowger::base
