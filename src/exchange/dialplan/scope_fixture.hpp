// A call for tests of the dialplan's language: every answer is set by hand, every warning kept.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exchange/dialplan/variables.hpp"

namespace strowger::exchange::dialplan {

class FakeKeyValues final : public database::KeyValueStore {
 public:
  [[nodiscard]] std::optional<std::string> get(std::string_view family,
                                               std::string_view key) const override;
  bool put(std::string_view family, std::string_view key, std::string_view value) override;
  bool erase(std::string_view family, std::string_view key) override;
  std::size_t erase_family(std::string_view family, std::string_view prefix) override;
  [[nodiscard]] std::vector<std::string> families() const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> entries(
      std::string_view family, std::string_view prefix) const override;

 private:
  std::map<std::pair<std::string, std::string>, std::string> values_;
};

/// Channel SIP/alice-00000001 at 100@internal, priority 3, on 2026-11-24 at 13:45:35 UTC.
class FakeScope final : public VariableScope {
 public:
  FakeScope();

  [[nodiscard]] std::optional<std::string> builtin(std::string_view name) const override;
  [[nodiscard]] VariableTable& variables() override { return table; }
  [[nodiscard]] GlobalVariables& globals() override { return global; }
  [[nodiscard]] std::optional<std::string> fact(Facts facts, std::string_view key) const override;
  bool set_fact(Facts facts, std::string_view key, std::string_view value) override;
  [[nodiscard]] const Dialplan& dialplan() const override { return plan; }
  [[nodiscard]] Location location() const override { return {"internal", "100", 3}; }
  [[nodiscard]] std::string_view caller_number() const override { return "201"; }
  [[nodiscard]] database::KeyValueStore* key_values() override {
    return has_database ? &key_value_store : nullptr;
  }
  [[nodiscard]] core::WallTime wall() const override { return now; }
  [[nodiscard]] const TimeZone* zone(std::string_view name) const override;
  [[nodiscard]] std::uint64_t random() override { return next_random; }
  void warn(std::string_view sentence) override { warnings.emplace_back(sentence); }

  VariableTable table;
  GlobalVariables global;
  std::map<std::pair<Facts, std::string>, std::string> facts;
  Dialplan plan;
  FakeKeyValues key_value_store;
  bool has_database = true;
  core::WallTime now{1'795'527'935'000'000'000};
  std::uint64_t next_random = 12345;
  std::vector<std::string> warnings;

 private:
  mutable TimeZones zones_;
};

/// The file of one text; the test fails where it can't be read.
[[nodiscard]] base::ConfFile conf_of(const std::string& text);

}  // namespace strowger::exchange::dialplan
