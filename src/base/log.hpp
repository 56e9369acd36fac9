// The log: one line an event, a fixed sentence and named fields. What comes from outside (a
// caller's name, a header) goes into fields, where it can't end a line, colour a terminal or forge
// another field.
//
// Any normal thread may log, at any time; a line is written under a lock of the sinks, so real-time
// threads never log here. A Logger is handed to whoever logs through its constructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/result.hpp"

namespace strowger::base {

enum class LogLevel : std::uint8_t { trace, debug, info, warning, error, off };
[[nodiscard]] std::string_view to_string(LogLevel level);
/// The level of that name (as `to_string` writes it, any case).
[[nodiscard]] std::optional<LogLevel> log_level(std::string_view name);

/// `name=value`. Views are read before the logging call returns; they need hold no longer. Names
/// are words of the program, never input.
class LogField {
 public:
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  LogField(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  LogField(std::string_view name, const char* value) : LogField(name, std::string_view(value)) {}
  LogField(std::string_view name, const std::string& value)
      : LogField(name, std::string_view(value)) {}
  LogField(std::string_view name, bool value) : name_(name), value_(value) {}
  LogField(std::string_view name, double value) : name_(name), value_(value) {}
  template <class Number, std::enable_if_t<std::is_integral_v<Number>, int> = 0>
  LogField(std::string_view name, Number value) : name_(name) {
    if constexpr (std::is_signed_v<Number>) {
      value_ = static_cast<std::int64_t>(value);
    } else {
      value_ = static_cast<std::uint64_t>(value);
    }
  }

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

using LogFields = std::initializer_list<LogField>;

/// Text that can't leave its place: control characters (C0, DEL, C1), line and paragraph
/// separators, bidirectional overrides, quotes, backslashes and octets that are no UTF-8 become
/// \n, \t, \r, \", \\ or \xNN. Other UTF-8 stays readable.
[[nodiscard]] std::string escaped(std::string_view text);

class LogCore;

/// Writes lines under one component's name. Cheap to copy; keeps the log alive. A Logger made
/// without a log discards.
class Logger {
 public:
  Logger() = default;
  Logger(std::shared_ptr<LogCore> core, std::string_view component);

  [[nodiscard]] bool enabled(LogLevel level) const;
  void write(LogLevel level, std::string_view sentence, std::span<const LogField> fields) const;
  void write(LogLevel level, std::string_view sentence, LogFields fields = {}) const {
    write(level, sentence, std::span<const LogField>(fields.begin(), fields.size()));
  }
  void trace(std::string_view sentence, LogFields fields = {}) const {
    write(LogLevel::trace, sentence, fields);
  }
  void debug(std::string_view sentence, LogFields fields = {}) const {
    write(LogLevel::debug, sentence, fields);
  }
  void info(std::string_view sentence, LogFields fields = {}) const {
    write(LogLevel::info, sentence, fields);
  }
  void warning(std::string_view sentence, LogFields fields = {}) const {
    write(LogLevel::warning, sentence, fields);
  }
  void error(std::string_view sentence, LogFields fields = {}) const {
    write(LogLevel::error, sentence, fields);
  }

  /// The same log under another component's name.
  [[nodiscard]] Logger named(std::string_view component) const { return {core_, component}; }

 private:
  std::shared_ptr<LogCore> core_;
  std::string component_;
};

struct LogConfig {
  LogLevel level = LogLevel::info;       // lines below it are dropped before formatting
  bool console = true;                   // to standard error, coloured on a terminal
  std::string file;                      // appended to; empty: none
  std::size_t file_octets = 64U << 20U;  // the file is rotated (FILE.1, FILE.2 ...) beyond this
  std::size_t files_kept = 5;            // rotated files kept
  /// Gets every line as well: "warning sip: text name=value". For tests and the console; called
  /// with the sink's lock held, so it must not log.
  std::function<void(LogLevel, std::string_view)> listener;
};

/// The sinks. Made once by main (or a test) and kept until the end; loggers keep it alive anyway.
class Log {
 public:
  /// The error is a sentence that says what to do about a file that can't be written.
  [[nodiscard]] static core::Result<Log, std::string> open(const LogConfig& config);

  [[nodiscard]] Logger logger(std::string_view component) const;
  /// From any thread; takes effect with the next line.
  void set_level(LogLevel level);
  [[nodiscard]] LogLevel level() const;
  void flush();

 private:
  explicit Log(std::shared_ptr<LogCore> core) : core_(std::move(core)) {}

  std::shared_ptr<LogCore> core_;
};

}  // namespace strowger::base
