#include "tdm/state_history.hpp"

#include <cstdio>

namespace strowger::tdm {

std::vector<StateEntry> StateHistory::entries() const {
  std::vector<StateEntry> all;
  const std::uint64_t first = count_ > kept ? count_ - kept : 0;
  for (std::uint64_t i = first; i < count_; ++i) {
    all.push_back(entries_[i % kept]);
  }
  return all;
}

std::string to_text(const StateEntry& entry) {
  std::string_view file = entry.file;
  if (const auto slash = file.rfind('/'); slash != std::string_view::npos) {
    file.remove_prefix(slash + 1);
  }
  std::array<char, 32> seconds{};
  (void)std::snprintf(seconds.data(), seconds.size(), "%.3f s  ",
                      static_cast<double>(entry.at.ns) * 1e-9);
  std::string text = seconds.data();
  text.append(to_string(entry.from)).append(" -> ").append(to_string(entry.to));
  text.append("  by ").append(to_string(entry.by)).append(" (").append(file);
  return text + ":" + std::to_string(entry.line) + ")";
}

}  // namespace strowger::tdm
