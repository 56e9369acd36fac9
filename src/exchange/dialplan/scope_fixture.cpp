#include "exchange/dialplan/scope_fixture.hpp"

#include <gtest/gtest.h>

namespace strowger::exchange::dialplan {

std::optional<std::string> FakeKeyValues::get(std::string_view family, std::string_view key) const {
  const auto found = values_.find({std::string(family), std::string(key)});
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

bool FakeKeyValues::put(std::string_view family, std::string_view key, std::string_view value) {
  values_[{std::string(family), std::string(key)}] = value;
  return true;
}

bool FakeKeyValues::erase(std::string_view family, std::string_view key) {
  return values_.erase({std::string(family), std::string(key)}) > 0;
}

std::size_t FakeKeyValues::erase_family(std::string_view family, std::string_view) {
  return std::erase_if(values_, [&](const auto& entry) { return entry.first.first == family; });
}

std::vector<std::string> FakeKeyValues::families() const {
  std::vector<std::string> names;
  for (const auto& [family_and_key, value] : values_) {
    if (names.empty() || names.back() != family_and_key.first) {
      names.push_back(family_and_key.first);
    }
  }
  return names;
}

std::vector<std::pair<std::string, std::string>> FakeKeyValues::entries(
    std::string_view family, std::string_view prefix) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [names, value] : values_) {
    if (names.first == family && names.second.starts_with(prefix)) {
      found.emplace_back(names.second, value);
    }
  }
  return found;
}

FakeScope::FakeScope()
    : plan({}, {},
           {{"internal",
             {{"100", {}, {}, {{1, "start", "NoOp", "", {}}}, {}},
              {"_2XX", {}, {}, {{1, "", "NoOp", "", {}}}, {}}},
             {},
             {},
             {}}}) {
  facts[{Facts::caller_id, "num"}] = "201";
  facts[{Facts::caller_id, "name"}] = "Alice";
  facts[{Facts::channel, "state"}] = "Up";
}

std::optional<std::string> FakeScope::builtin(std::string_view name) const {
  if (name == "EXTEN") {
    return "100";
  }
  if (name == "CHANNEL") {
    return "SIP/alice-00000001";
  }
  return std::nullopt;
}

std::optional<std::string> FakeScope::fact(Facts kind, std::string_view key) const {
  const auto found = facts.find({kind, std::string(key)});
  return found == facts.end() ? std::nullopt : std::optional(found->second);
}

bool FakeScope::set_fact(Facts kind, std::string_view key, std::string_view value) {
  if (key == "fixed") {
    return false;
  }
  facts[{kind, std::string(key)}] = value;
  return true;
}

const TimeZone* FakeScope::zone(std::string_view name) const {
  return zones_.find(name.empty() ? "UTC" : name);
}

base::ConfFile conf_of(const std::string& text) {
  auto file = base::read_conf("extensions.conf", [&](const std::string&) { return text; });
  if (!file) {
    ADD_FAILURE() << file.error().front().message();
    return {};
  }
  return std::move(*file);
}

}  // namespace strowger::exchange::dialplan
