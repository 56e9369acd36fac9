#include "exchange/configuration/trunk_conf.hpp"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strowger::exchange {
namespace {

using testing::HasSubstr;

struct Loaded {
  TrunkConf conf;
  std::vector<base::ConfError> errors;
};

std::optional<base::ConfFile> file_of(const std::string& name, const std::string& text) {
  if (text.empty()) {
    return std::nullopt;
  }
  auto file = base::read_conf(name, [&](const std::string&) { return std::optional(text); });
  EXPECT_TRUE(file);
  return *file;
}

Loaded load(const std::string& tdm, const std::string& ss7 = "") {
  const auto tdm_file = file_of("tdm.conf", tdm);
  const auto ss7_file = file_of("ss7.conf", ss7);
  Loaded loaded;
  std::vector<base::ConfError> notices;
  loaded.conf = load_trunk_conf(tdm_file ? &*tdm_file : nullptr, ss7_file ? &*ss7_file : nullptr,
                                "here", loaded.errors, notices);
  return loaded;
}

void expect_error(const Loaded& loaded, const char* part) {
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_THAT(loaded.errors[0].message(), HasSubstr(part));
}

constexpr const char* good_tdm = "[span loop alone]\nsignalling => ss7\nd-channel => 16\n";
constexpr const char* good_ss7 =
    "[linkset-a]\n[link-l1]\nlinkset => a\nspan => alone\nchannels => 1\nschannel => 16\n";

TEST(TrunkConf, has_nothing_without_files) {
  const Loaded loaded = load("");
  EXPECT_TRUE(loaded.errors.empty());
  EXPECT_TRUE(loaded.conf.tdm.spans.empty());
}

TEST(TrunkConf, reads_both_files_and_knows_when_they_change) {
  const Loaded loaded = load(good_tdm, good_ss7);
  EXPECT_TRUE(loaded.errors.empty());
  EXPECT_EQ(loaded.conf.tdm.spans.size(), 1U);
  EXPECT_EQ(loaded.conf.ss7.links.size(), 1U);
  EXPECT_EQ(loaded.conf.text, load(good_tdm, good_ss7).conf.text);
  EXPECT_NE(loaded.conf.text, load(good_tdm).conf.text);
}

TEST(TrunkConf, judges_transports_and_signalling) {
  expect_error(load("[span udp far]\nlocal => 127.0.0.1:7000\nremote => nowhere\nb-channel => 1\n"),
               "local and remote are ADDRESS:PORT");
  expect_error(load("[span loop a]\npeer => b\nb-channel => 1\n"), "its peer b is no loop span");
  expect_error(load("[span loop a]\n"), "has 0 channels");
  expect_error(load("[span loop a]\nb-channel => 40\n"), "has no timeslot 40");
  expect_error(load("[span loop a]\nsignalling => smoke\nb-channel => 1\n"),
               "signalling smoke is unknown");
  expect_error(load(good_tdm, std::string(good_ss7) + "t7 => 1\n"), "t7");
}

}  // namespace
}  // namespace strowger::exchange
