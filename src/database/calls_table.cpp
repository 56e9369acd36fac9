#include "database/calls_table.hpp"

#include <array>
#include <variant>

namespace strowger::database {
namespace {

template <class Row>
struct Column {
  std::string_view name;
  std::variant<std::string Row::*, std::optional<std::string> Row::*, std::int64_t Row::*,
               double Row::*>
      field;
};

constexpr std::array<Column<CallRow>, 23> call_columns{{
    {"start", &CallRow::start},
    {"answer", &CallRow::answer},
    {"end", &CallRow::end},
    {"src", &CallRow::src},
    {"dst", &CallRow::dst},
    {"dcontext", &CallRow::dcontext},
    {"clid", &CallRow::clid},
    {"channel", &CallRow::channel},
    {"dstchannel", &CallRow::dstchannel},
    {"lastapp", &CallRow::lastapp},
    {"lastdata", &CallRow::lastdata},
    {"duration", &CallRow::duration},
    {"billsec", &CallRow::billsec},
    {"disposition", &CallRow::disposition},
    {"amaflags", &CallRow::amaflags},
    {"accountcode", &CallRow::accountcode},
    {"peeraccount", &CallRow::peeraccount},
    {"userfield", &CallRow::userfield},
    {"uniqueid", &CallRow::uniqueid},
    {"linkedid", &CallRow::linkedid},
    {"sequence", &CallRow::sequence},
    {"cause", &CallRow::cause},
    {"ended_by", &CallRow::ended_by},
}};

constexpr std::array<Column<CallLegRow>, 10> leg_columns{{
    {"cause", &CallLegRow::cause},
    {"call_id", &CallLegRow::call_id},
    {"address", &CallLegRow::address},
    {"user_agent", &CallLegRow::user_agent},
    {"packets_sent", &CallLegRow::packets_sent},
    {"packets_received", &CallLegRow::packets_received},
    {"packets_lost", &CallLegRow::packets_lost},
    {"jitter_ms", &CallLegRow::jitter_ms},
    {"round_trip_ms", &CallLegRow::round_trip_ms},
    {"mos", &CallLegRow::mos},
}};

constexpr std::size_t column_count = call_columns.size() + 2 * leg_columns.size();

/// "start,answer,...,caller_cause,...,callee_mos"
std::string column_names() {
  std::string names;
  for (const auto& column : call_columns) {
    names += (names.empty() ? "" : ",") + std::string(column.name);
  }
  for (const std::string_view side : {",caller_", ",callee_"}) {
    for (const auto& column : leg_columns) {
      names += std::string(side) + std::string(column.name);
    }
  }
  return names;
}

void bind_field(Statement& statement, int index, const std::optional<std::string>& text) {
  if (text) {
    statement.bind(index, *text);
  } else {
    statement.bind_null(index);
  }
}
void bind_field(Statement& statement, int index, const std::string& text) {
  statement.bind(index, text);
}
void bind_field(Statement& statement, int index, std::int64_t number) {
  statement.bind(index, number);
}
void bind_field(Statement& statement, int index, double number) {
  statement.bind(index, number);
}

void read_field(const Statement& statement, int column, std::optional<std::string>& text) {
  text = statement.is_null(column) ? std::nullopt : std::optional(statement.text(column));
}
void read_field(const Statement& statement, int column, std::string& text) {
  text = statement.text(column);
}
void read_field(const Statement& statement, int column, std::int64_t& number) {
  number = statement.integer(column);
}
void read_field(const Statement& statement, int column, double& number) {
  number = statement.real(column);
}

template <class Columns, class Row>
void bind_row(Statement& statement, int& index, const Columns& columns, const Row& row) {
  for (const auto& column : columns) {
    std::visit([&](auto member) { bind_field(statement, index, row.*member); }, column.field);
    ++index;
  }
}

template <class Columns, class Row>
void read_row(const Statement& statement, int& index, const Columns& columns, Row& row) {
  for (const auto& column : columns) {
    std::visit([&](auto member) { read_field(statement, index, row.*member); }, column.field);
    ++index;
  }
}

}  // namespace

SqlResult<void> insert_call(Connection& connection, const CallRow& row) {
  static const std::string sql = [] {
    std::string marks = "?";
    for (std::size_t i = 1; i < column_count; ++i) {
      marks += ",?";
    }
    return "INSERT INTO calls (" + column_names() + ") VALUES (" + marks + ")";
  }();
  auto statement = connection.prepare(sql);
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  int index = 1;
  bind_row(**statement, index, call_columns, row);
  bind_row(**statement, index, leg_columns, row.caller);
  bind_row(**statement, index, leg_columns, row.callee);
  return (*statement)->run();
}

SqlResult<std::vector<CallRow>> newest_calls_of(Connection& connection, std::size_t most) {
  static const std::string sql =
      "SELECT " + column_names() + " FROM calls ORDER BY id DESC LIMIT ?";
  auto statement = connection.prepare(sql);
  if (!statement) {
    return core::fail(std::move(statement.error()));
  }
  (*statement)->bind(1, static_cast<std::int64_t>(most));
  std::vector<CallRow> rows;
  auto row = (*statement)->step();
  while (row && *row) {
    int index = 0;
    CallRow& read = rows.emplace_back();
    read_row(**statement, index, call_columns, read);
    read_row(**statement, index, leg_columns, read.caller);
    read_row(**statement, index, leg_columns, read.callee);
    row = (*statement)->step();
  }
  if (!row) {
    return core::fail(std::move(row.error()));
  }
  return rows;
}

}  // namespace strowger::database
