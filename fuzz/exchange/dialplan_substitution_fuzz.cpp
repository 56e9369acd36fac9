// Substitution and every function: any text ends, within its bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/octets.hpp"
#include "exchange/dialplan/arguments.hpp"
#include "exchange/dialplan/time_spec.hpp"
#include "exchange/dialplan/variables.hpp"

namespace {

using namespace strowger;
using namespace strowger::exchange::dialplan;

/// Every fact is the text itself, so that what callers send goes through all of it.
class EchoScope final : public VariableScope {
 public:
  explicit EchoScope(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] std::optional<std::string> builtin(std::string_view name) const override {
    return name == "EXTEN" ? std::optional(text_) : std::nullopt;
  }
  [[nodiscard]] VariableTable& variables() override { return table_; }
  [[nodiscard]] GlobalVariables& globals() override { return globals_; }
  [[nodiscard]] std::optional<std::string> fact(Facts, std::string_view) const override {
    return text_;
  }
  bool set_fact(Facts, std::string_view, std::string_view) override { return true; }
  [[nodiscard]] const Dialplan& dialplan() const override { return plan_; }
  [[nodiscard]] Location location() const override { return {"c", "1", 1}; }
  [[nodiscard]] std::string_view caller_number() const override { return text_; }
  [[nodiscard]] database::KeyValueStore* key_values() override { return nullptr; }
  [[nodiscard]] core::WallTime wall() const override { return {1'795'527'935'000'000'000}; }
  [[nodiscard]] const TimeZone* zone(std::string_view name) const override {
    return name.size() % 2 == 0 ? &utc_ : nullptr;
  }
  [[nodiscard]] std::uint64_t random() override { return text_.size(); }
  void warn(std::string_view) override {}

 private:
  std::string text_;
  VariableTable table_;
  GlobalVariables globals_;
  Dialplan plan_{{}, {}, {{"c", {{"_X.", {}, {}, {{1, "a", "NoOp", "", {}}}, {}}}, {}, {}, {}}}};
  TimeZone utc_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(core::text_of({data, size}));
  EchoScope scope(text);
  scope.variables().set("V", text);
  scope.variables().set("SELF", "${EVAL(${V})}${EVAL(${SELF})}");
  if (substitute(text, scope).size() > max_substituted_octets) {
    std::abort();
  }
  (void)assign(text, text, scope);
  (void)split_arguments(text);
  (void)parse_target(text);
  return 0;
}
