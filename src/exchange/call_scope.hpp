// The dialplan language's view of a call: its variables and facts. Part of its Call.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "exchange/dialplan/variables.hpp"
#include "exchange/driver.hpp"

namespace strowger::exchange {

class Call;

/// What functions read and set of a call.
struct CallFacts {
  std::string caller_number;
  std::string caller_name;
  std::string ani;    // the number as it came, before the dialplan changed it
  std::string dnid;   // the number dialled, as it came
  std::string rdnis;  // who redirected
  std::string account_code;
  std::string user_field;
  std::string language;
  std::string music_class;
  std::string start_context;  // where the call came in
  Headers headers;            // of the incoming request
  Headers added_headers;      // SIPAddHeader: for the legs to be dialled
  core::Duration digit_timeout;
  core::Duration response_timeout;
};

class CallScope final : public dialplan::VariableScope {
 public:
  explicit CallScope(Call& call) : call_(call) {}

  [[nodiscard]] std::optional<std::string> builtin(std::string_view name) const override;
  [[nodiscard]] dialplan::VariableTable& variables() override { return variables_; }
  [[nodiscard]] dialplan::GlobalVariables& globals() override;
  [[nodiscard]] std::optional<std::string> fact(dialplan::Facts facts,
                                                std::string_view key) const override;
  bool set_fact(dialplan::Facts facts, std::string_view key, std::string_view value) override;
  /// Of the step at hand: a reload is seen by the next one.
  [[nodiscard]] const dialplan::Dialplan& dialplan() const override { return *plan_; }
  [[nodiscard]] dialplan::Location location() const override;
  [[nodiscard]] std::string_view caller_number() const override;
  [[nodiscard]] database::KeyValueStore* key_values() override;
  [[nodiscard]] core::WallTime wall() const override;
  [[nodiscard]] const dialplan::TimeZone* zone(std::string_view name) const override;
  [[nodiscard]] std::uint64_t random() override;
  void warn(std::string_view sentence) override;

  /// Takes the dialplan of now for the next step.
  void refresh_plan();

 private:
  [[nodiscard]] std::optional<std::string> caller_fact(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> channel_fact(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> record_fact(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> timeout_fact(std::string_view key) const;
  bool set_timeout(std::string_view key, std::string_view value);

  Call& call_;
  dialplan::VariableTable variables_;
  std::shared_ptr<const dialplan::Dialplan> plan_;
};

}  // namespace strowger::exchange
