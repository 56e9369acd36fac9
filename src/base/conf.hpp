// Reader of Asterisk's .conf dialect: [section], [name](template,other), [name](!), key = value,
// key => value, ; comments, ;-- block comments --;, #include, continuation of templates.
// Reads whole files at start and reload; allocates; any normal thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace strowger::base {

/// Where something stands: the file as the user named it, and the line, from 1.
struct ConfPlace {
  std::string file;
  int line = 0;
};

struct ConfEntry {
  std::string key;
  std::string value;
  bool object = false;  // written with =>
  ConfPlace place;
};

/// A section with its templates' entries already in front of its own.
struct ConfSection {
  std::string name;
  std::vector<ConfEntry> entries;
  ConfPlace place;

  /// The last entry of that key (case-insensitive), as Asterisk takes it; null where there is none.
  [[nodiscard]] const ConfEntry* find(std::string_view key) const;
};

/// A sentence for people, and where: "sip.conf:12: unknown key 'hots' in [alice]: did you mean
/// 'host'?"
struct ConfError {
  ConfPlace place;
  std::string text;
  [[nodiscard]] std::string message() const;
};

struct ConfFile {
  std::vector<ConfSection> sections;  // without template sections, in order; same names stay apart
  [[nodiscard]] const ConfSection* find(std::string_view name) const;
};

/// Gives the text of a file, or nothing where it does not exist. Tests hand in maps.
using ConfSource = std::function<std::optional<std::string>(const std::string& path)>;
[[nodiscard]] ConfSource disk_conf_source();

/// Reads `path` and all that it includes (relative to the folder of `path`, wherever the #include
/// stands). The errors of the file, up to a hundred, not only the first.
[[nodiscard]] core::Result<ConfFile, std::vector<ConfError>> read_conf(const std::string& path,
                                                                       const ConfSource& source);

/// The candidate nearest to `word` by edit distance, where one is near enough to suggest.
[[nodiscard]] std::optional<std::string_view> nearest(
    std::string_view word, const std::vector<std::string_view>& candidates);

/// Interprets a section key by key, so that what is left over is unknown. Every getter marks its
/// key as known, checks the value, and adds an error with place and range where it is wrong.
class ConfKeys {
 public:
  ConfKeys(const ConfSection& section, std::vector<ConfError>& errors);

  std::string text(std::string_view key, std::string_view fallback);
  bool boolean(std::string_view key, bool fallback);  // yes/no/true/false/on/off/1/0
  long integer(std::string_view key, long fallback, long min, long max);
  /// One of the words; the fallback, and an error that lists them, otherwise.
  std::string choice(std::string_view key, std::string_view fallback,
                     const std::vector<std::string_view>& words);
  /// Every value of a key that may stand several times.
  std::vector<const ConfEntry*> all(std::string_view key);
  /// A key of Asterisk's that needs no setting here: accepted, with one notice to `notices`.
  void accepted_without_effect(std::string_view key, std::vector<ConfError>& notices,
                               std::string_view why);
  /// Errors for every key not asked for, with the nearest known key. Call last.
  void finish();

 private:
  const ConfEntry* known(std::string_view key);

  const ConfSection& section_;
  std::vector<ConfError>& errors_;
  std::vector<std::string> known_;
};

}  // namespace strowger::base
