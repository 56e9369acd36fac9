#include "base/conf.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hpp"

namespace strowger::base {

const ConfEntry* ConfSection::find(std::string_view key) const {
  const ConfEntry* found = nullptr;
  for (const ConfEntry& entry : entries) {
    if (same_word(entry.key, key)) {
      found = &entry;
    }
  }
  return found;
}

const ConfSection* ConfFile::find(std::string_view name) const {
  for (const ConfSection& section : sections) {
    if (same_word(section.name, name)) {
      return &section;
    }
  }
  return nullptr;
}

std::string ConfError::message() const {
  if (place.line == 0) {
    return place.file + ": " + text;
  }
  return place.file + ":" + std::to_string(place.line) + ": " + text;
}

ConfSource disk_conf_source() {
  return [](const std::string& path) -> std::optional<std::string> {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      return std::nullopt;
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      return std::nullopt;
    }
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
  };
}

}  // namespace strowger::base
