// What a console command answers: lines and tables, printed aligned for people or as JSON for
// programs, from the same data.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace strowger::control {

using Cell = std::variant<std::string, std::int64_t, double, bool>;

/// Numbers stand to the right, all else to the left. `key` is the column's name in JSON.
struct Column {
  std::string title;
  std::string key;
};

struct Table {
  std::string key;  // the table's name in JSON: "channels"
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // as many cells as columns
};

/// Collects an answer. One thread. An answer that failed has exit code 1 (or another given).
class Output {
 public:
  void line(std::string text) { parts_.emplace_back(std::move(text)); }
  void table(Table table) { parts_.emplace_back(std::move(table)); }
  /// A single named fact: "Uptime: 3 hours" for people, "uptime": ... in JSON.
  void fact(std::string title, std::string key, Cell value);
  void fail(std::string text, int exit_code = 1);

  [[nodiscard]] int exit_code() const { return exit_code_; }
  [[nodiscard]] std::string text() const;
  /// One object: tables as arrays of objects, facts as members, lines under "text".
  [[nodiscard]] std::string json() const;

 private:
  struct Fact {
    std::string title;
    std::string key;
    Cell value;
  };
  std::vector<std::variant<std::string, Table, Fact>> parts_;
  std::string failure_;
  int exit_code_ = 0;
};

}  // namespace strowger::control
