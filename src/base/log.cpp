#include "base/log.hpp"

#include <array>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "base/text.hpp"

namespace strowger::base {
namespace {

constexpr std::array<std::string_view, 6> level_names{"trace",   "debug", "info",
                                                      "warning", "error", "off"};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

LogLevel level_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return LogLevel::trace;
    case spdlog::level::debug:
      return LogLevel::debug;
    case spdlog::level::info:
      return LogLevel::info;
    case spdlog::level::warn:
      return LogLevel::warning;
    case spdlog::level::off:
    case spdlog::level::n_levels:
      return LogLevel::off;
    case spdlog::level::err:
    case spdlog::level::critical:
      break;
  }
  return LogLevel::error;
}

class ListenerSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  using Listener = std::function<void(LogLevel, std::string_view)>;
  explicit ListenerSink(Listener listener) : listener_(std::move(listener)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const LogLevel level = level_of(message.level);
    const std::string_view text(message.payload.data(), message.payload.size());
    listener_(level, fmt::format("{} {}", to_string(level), text));
  }
  void flush_() override {}

  Listener listener_;
};

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" ='\"\\") != std::string_view::npos;
}

void append_field(fmt::memory_buffer& line, const LogField& field) {
  const auto out = std::back_inserter(line);
  fmt::format_to(out, " {}=", field.name());
  if (const auto* text = std::get_if<std::string_view>(&field.value())) {
    const std::string safe = escaped(*text);
    const std::string_view quote = needs_quotes(safe) ? "\"" : "";
    fmt::format_to(out, "{}{}{}", quote, safe, quote);
    return;
  }
  std::visit([&](const auto& value) { fmt::format_to(out, "{}", value); }, field.value());
}

}  // namespace

std::string_view to_string(LogLevel level) {
  return level_names.at(static_cast<std::size_t>(level));
}

std::optional<LogLevel> log_level(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (same_word(level_names.at(i), name)) {
      return static_cast<LogLevel>(i);
    }
  }
  return std::nullopt;
}

/// The sinks behind one lock each; spdlog's logger itself may be used from any thread.
class LogCore {
 public:
  explicit LogCore(std::vector<spdlog::sink_ptr> sinks)
      : logger_("strowger", sinks.begin(), sinks.end()) {
    logger_.set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    logger_.flush_on(spdlog::level::warn);
  }

  [[nodiscard]] spdlog::logger& logger() { return logger_; }

 private:
  spdlog::logger logger_;
};

Logger::Logger(std::shared_ptr<LogCore> core, std::string_view component)
    : core_(std::move(core)), component_(component) {}

bool Logger::enabled(LogLevel level) const {
  return core_ != nullptr && level != LogLevel::off &&
         core_->logger().should_log(spdlog_level(level));
}

void Logger::write(LogLevel level, std::string_view sentence,
                   std::span<const LogField> fields) const {
  if (!enabled(level)) {
    return;
  }
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{}: {}", component_, escaped(sentence));
  for (const LogField& field : fields) {
    append_field(line, field);
  }
  core_->logger().log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
}

core::Result<Log, std::string> Log::open(const LogConfig& config) {
  std::vector<spdlog::sink_ptr> sinks;
  if (config.console) {
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  }
  if (!config.file.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          config.file, config.file_octets, config.files_kept));
    } catch (const spdlog::spdlog_ex& error) {
      return core::fail(fmt::format(
          "the log file '{}' can't be written ({}): give this user the right to write there, or "
          "name another file",
          config.file, error.what()));
    }
  }
  if (config.listener) {
    sinks.push_back(std::make_shared<ListenerSink>(config.listener));
  }
  Log log(std::make_shared<LogCore>(std::move(sinks)));
  log.set_level(config.level);
  return log;
}

Logger Log::logger(std::string_view component) const {
  return {core_, component};
}

void Log::set_level(LogLevel level) {
  core_->logger().set_level(spdlog_level(level));
}

LogLevel Log::level() const {
  return level_of(core_->logger().level());
}

void Log::flush() {
  core_->logger().flush();
}

}  // namespace strowger::base
