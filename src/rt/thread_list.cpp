#include "rt/thread_list.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>

#include <sched.h>
#include <unistd.h>

namespace strowger::rt {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The fields of /proc/PID/task/TID/stat after the name, by their numbers in proc(5).
class StatFields {
 public:
  explicit StatFields(const std::string& text) {
    std::istringstream words(text);
    std::copy(std::istream_iterator<std::string>(words), {}, std::back_inserter(words_));
  }
  [[nodiscard]] bool complete() const { return words_.size() > policy - first; }
  [[nodiscard]] const std::string& word(std::size_t field) const { return words_[field - first]; }
  template <class Number>
  [[nodiscard]] Number number(std::size_t field) const {
    Number value = 0;
    const std::string& text = word(field);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  static constexpr std::size_t first = 3;
  static constexpr std::size_t state = 3;
  static constexpr std::size_t minor_faults = 10;
  static constexpr std::size_t major_faults = 12;
  static constexpr std::size_t user_ticks = 14;
  static constexpr std::size_t system_ticks = 15;
  static constexpr std::size_t nice = 19;
  static constexpr std::size_t processor = 39;
  static constexpr std::size_t rt_priority = 40;
  static constexpr std::size_t policy = 41;

 private:
  std::vector<std::string> words_;
};

std::uint64_t status_number(const std::string& status, const std::string& key) {
  std::uint64_t value = 0;
  if (const auto at = status.find("\n" + key + ":\t"); at != std::string::npos) {
    std::from_chars(status.data() + at + key.size() + 3, status.data() + status.size(), value);
  }
  return value;
}

std::optional<ThreadFacts> read_thread(const std::filesystem::path& folder) {
  // The name stands in parentheses and may hold any character, a parenthesis too.
  const std::string stat = read_file(folder / "stat");
  const auto name_at = stat.find('(');
  const auto name_end = stat.rfind(')');
  if (name_at == std::string::npos || name_end == std::string::npos || name_end < name_at) {
    return std::nullopt;
  }
  const StatFields fields(stat.substr(name_end + 1));
  if (!fields.complete()) {
    return std::nullopt;
  }
  const std::string status = read_file(folder / "status");
  ThreadFacts facts;
  std::from_chars(stat.data(), stat.data() + name_at, facts.id);
  facts.name = stat.substr(name_at + 1, name_end - name_at - 1);
  facts.state = fields.word(StatFields::state).front();
  const int policy = fields.number<int>(StatFields::policy);
  facts.realtime = policy == SCHED_FIFO || policy == SCHED_RR;
  facts.priority = facts.realtime ? fields.number<int>(StatFields::rt_priority) : 0;
  facts.nice = fields.number<int>(StatFields::nice);
  facts.processor = fields.number<int>(StatFields::processor);
  const auto ticks = fields.number<std::uint64_t>(StatFields::user_ticks) +
                     fields.number<std::uint64_t>(StatFields::system_ticks);
  facts.cpu_seconds = static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  facts.usage = {fields.number<std::uint64_t>(StatFields::minor_faults),
                 fields.number<std::uint64_t>(StatFields::major_faults),
                 status_number(status, "voluntary_ctxt_switches"),
                 status_number(status, "nonvoluntary_ctxt_switches")};
  return facts;
}

}  // namespace

std::vector<ThreadFacts> list_threads(const std::string& folder) {
  std::vector<ThreadFacts> threads;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (auto facts = read_thread(entry.path())) {
      threads.push_back(std::move(*facts));
    }
  }
  std::sort(threads.begin(), threads.end(),
            [](const ThreadFacts& a, const ThreadFacts& b) { return a.id < b.id; });
  return threads;
}

}  // namespace strowger::rt
