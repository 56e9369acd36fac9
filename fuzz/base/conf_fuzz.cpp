// The .conf reader on arbitrary text. "#include" finds the same text again under other names, so
// that depth, number and loops of files are exercised too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/conf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto source = [&](const std::string& path) -> std::optional<std::string> {
    if (path.ends_with(".none")) {
      return std::nullopt;
    }
    return text.substr(path.size() % (size + 1));
  };
  const auto file = strowger::base::read_conf("a.conf", source);
  if (!file) {
    // A refusal says at least one thing, each with a place.
    for (const auto& error : file.error()) {
      if (error.place.file.empty() || error.text.empty()) {
        std::abort();
      }
    }
    return file.error().empty() ? std::abort(), 0 : 0;
  }
  std::vector<strowger::base::ConfError> errors;
  for (const auto& section : file->sections) {
    strowger::base::ConfKeys keys(section, errors);
    (void)keys.integer("port", 5060, 1, 65535);
    (void)keys.boolean("nat", false);
    (void)keys.choice("type", "peer", {"peer", "friend"});
    keys.finish();
    if (errors.size() > 100) {
      break;
    }
  }
  return 0;
}
