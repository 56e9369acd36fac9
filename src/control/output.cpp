#include "control/output.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace strowger::control {
namespace {

std::string cell_text(const Cell& cell) {
  struct Printer {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const { return fmt::format("{:.2f}", number); }
    std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
  };
  return std::visit(Printer{}, cell);
}

nlohmann::json cell_json(const Cell& cell) {
  return std::visit([](const auto& value) { return nlohmann::json(value); }, cell);
}

bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

/// Characters on the screen: UTF-8 continuation octets take no room.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

void append_padded(std::string& out, const std::string& text, std::size_t width, bool right,
                   bool last) {
  const std::string room(width > width_of(text) ? width - width_of(text) : 0, ' ');
  out += right ? room + text : text;
  if (!last) {
    out += right ? "  " : room + "  ";
  }
}

std::string table_text(const Table& table) {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::size_t width = width_of(table.columns[i].title);
    for (const auto& row : table.rows) {
      width = std::max(width, width_of(cell_text(row[i])));
    }
    widths.push_back(width);
    right.push_back(!table.rows.empty() && is_number(table.rows.front()[i]));
  }
  std::string out;
  const std::size_t last = table.columns.size() - 1;
  for (std::size_t i = 0; i <= last; ++i) {
    append_padded(out, table.columns[i].title, widths[i], right[i], i == last);
  }
  out += '\n';
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i <= last; ++i) {
      append_padded(out, cell_text(row[i]), widths[i], right[i], i == last);
    }
    out += '\n';
  }
  return out;
}

nlohmann::json table_json(const Table& table) {
  auto rows = nlohmann::json::array();
  for (const auto& row : table.rows) {
    auto object = nlohmann::json::object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      object[table.columns[i].key] = cell_json(row[i]);
    }
    rows.push_back(std::move(object));
  }
  return rows;
}

}  // namespace

void Output::fact(std::string title, std::string key, Cell value) {
  parts_.emplace_back(Fact{std::move(title), std::move(key), std::move(value)});
}

void Output::fail(std::string text, int exit_code) {
  failure_ = std::move(text);
  exit_code_ = exit_code;
}

std::string Output::text() const {
  std::string out;
  for (const auto& part : parts_) {
    if (const auto* line = std::get_if<std::string>(&part)) {
      out += *line + '\n';
    } else if (const auto* table = std::get_if<Table>(&part)) {
      out += table_text(*table);
    } else if (const auto* fact = std::get_if<Fact>(&part)) {
      out += fact->title + ": " + cell_text(fact->value) + '\n';
    }
  }
  if (!failure_.empty()) {
    out += failure_ + '\n';
  }
  return out;
}

std::string Output::json() const {
  auto object = nlohmann::json::object();
  for (const auto& part : parts_) {
    if (const auto* line = std::get_if<std::string>(&part)) {
      object["text"].push_back(*line);
    } else if (const auto* table = std::get_if<Table>(&part)) {
      object[table->key] = table_json(*table);
    } else if (const auto* fact = std::get_if<Fact>(&part)) {
      object[fact->key] = cell_json(fact->value);
    }
  }
  if (!failure_.empty()) {
    object["error"] = failure_;
  }
  return object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace strowger::control
