#include "ss7_trunk/ss7_conf.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tdm/tdm_conf.hpp"

namespace strowger::ss7_trunk {
namespace {

constexpr const char* tdm_text = R"(
[span loop left]
peer => right
d-channel => 16
b-channel => 1-15,17-31
[span loop analog]
trunk_type => FXO
fxo-channel => 1
[span loop right]
peer => left
d-channel => 1,16
b-channel => 2-15,17-31
)";

struct Loaded {
  Ss7Config config;
  std::vector<std::string> errors;
  std::vector<std::string> notices;
};

base::ConfFile file_of(const std::string& name, const std::string& text) {
  auto file = base::read_conf(name, [&](const std::string&) { return std::optional(text); });
  EXPECT_TRUE(file);
  return *file;
}

Loaded load(const std::string& text, const std::string& host = "here") {
  std::vector<base::ConfError> errors;
  std::vector<base::ConfError> notices;
  const tdm::TdmConfig tdm = tdm::load_tdm_conf(file_of("tdm.conf", tdm_text), errors, notices);
  EXPECT_TRUE(errors.empty());
  notices.clear();
  Loaded loaded;
  loaded.config = load_ss7_conf(file_of("ss7.conf", text), tdm, host, errors, notices);
  for (const auto& error : errors) {
    loaded.errors.push_back(error.message());
  }
  for (const auto& notice : notices) {
    loaded.notices.push_back(notice.message());
  }
  return loaded;
}

/// The one error must hold this.
void expect_error(const Loaded& loaded, const std::string& part) {
  ASSERT_EQ(loaded.errors.size(), 1U);
  EXPECT_NE(loaded.errors[0].find(part), std::string::npos) << loaded.errors[0];
}

const std::string linkset = "[linkset-siuc]\nenabled => yes\n";
const std::string link_l1 =
    "[link-l1]\nlinkset => siuc\nchannels => 1-15,17-31\nschannel => 16\nfirstcic => 1\n";

TEST(Ss7Conf, reads_a_link_in_a_span_named_by_its_own_key) {
  const Loaded loaded = load(linkset + link_l1 + "span => right\ninitial_alignment => no\n");
  EXPECT_TRUE(loaded.errors.empty());
  ASSERT_EQ(loaded.config.links.size(), 1U);
  const LinkConfig& link = loaded.config.links[0];
  EXPECT_EQ(link.name, "l1");
  EXPECT_EQ(link.linkset, "siuc");
  EXPECT_EQ(link.span, "right");
  EXPECT_EQ(link.timeslot, 16);
  EXPECT_FALSE(link.align_at_start);
}

TEST(Ss7Conf, takes_the_span_from_the_section_of_this_host_as_chan_ss7_does) {
  const std::string text = linkset + link_l1 +
                           "[host-here]\nenabled => yes\nopc => 0x8e0\ndpc => siuc:0x3fff\n"
                           "links => l1:2\nif-1 => 192.0.2.1\n"
                           "[host-there]\nenabled => yes\nlinks => l1:1\n";
  const Loaded here = load(text);
  EXPECT_TRUE(here.errors.empty());
  ASSERT_EQ(here.config.links.size(), 1U);
  EXPECT_EQ(here.config.links[0].span, "right");  // the analog span is no connector
  EXPECT_EQ(load(text, "there").config.links[0].span, "left");
  expect_error(load(text, "elsewhere"), "which span is link l1 in?");
}

TEST(Ss7Conf, makes_several_links_of_several_signalling_channels) {
  const Loaded loaded = load(linkset +
                             "[link-l2]\nlinkset => siuc\nchannels => 2-15\nschannel => 16,1\n"
                             "span => right\n");
  EXPECT_TRUE(loaded.errors.empty());
  ASSERT_EQ(loaded.config.links.size(), 2U);
  EXPECT_EQ(loaded.config.links[0].name, "l2/1");
  EXPECT_EQ(loaded.config.links[1].name, "l2/16");
}

TEST(Ss7Conf, reads_the_sample_of_chan_ss7) {
  const Loaded loaded = load(R"(
[linkset-siuc]
enabled => yes
enable_st => no
use_connect => yes
hunting_policy => even_mru
context => ss7
language => da
t35 => 15000,timeout
subservice => auto
[link-l1]
linkset => siuc
channels => 1-15,17-31
schannel => 16
firstcic => 1
enabled => yes
echocancel => no
echocan_train => 350
echocan_taps => 128
rxgain => 0.0
txgain => 0.0
relaxdtmf => no
stp => 0x3ff0
[host-here]
enabled => yes
opc => 0x8e0
dpc => siuc:0x3fff
links => l1:1
globaltitle => 0x00, 0x04, 0x01, 4546931411
ssn => 7
[jitter]
)");
  EXPECT_TRUE(loaded.errors.empty()) << loaded.errors[0];
  EXPECT_EQ(loaded.config.links.size(), 1U);
  EXPECT_GT(loaded.notices.size(), 15U);
}

TEST(Ss7Conf, reads_what_mtp2_is_set_up_with) {
  const Loaded loaded = load(linkset + link_l1 +
                             "span => left\ncorrection => pcr\nn1 => 100\nn2 => 4000\n"
                             "lssu_octets => 2\nemergency => yes\nt7 => 1000\nt4n => 9000\n");
  EXPECT_TRUE(loaded.errors.empty());
  const LinkConfig& link = loaded.config.links.at(0);
  EXPECT_EQ(link.mtp2.correction, ss7::mtp2::Config::Correction::preventive_cyclic);
  EXPECT_EQ(link.mtp2.n1, 100);
  EXPECT_EQ(link.mtp2.n2, 4'000U);
  EXPECT_EQ(link.mtp2.status_octets, 2);
  EXPECT_EQ(link.mtp2.timers.t7, core::seconds(1));
  EXPECT_EQ(link.mtp2.timers.t4_normal, core::seconds(9));
  EXPECT_TRUE(link.emergency);
}

TEST(Ss7Conf, leaves_out_what_is_not_enabled) {
  EXPECT_TRUE(load(linkset + link_l1 + "enabled => no\n").config.links.empty());
  const Loaded set = load("[linkset-siuc]\nenabled => no\n" + link_l1);
  EXPECT_TRUE(set.config.links.empty());
  EXPECT_TRUE(set.errors.empty());
}

TEST(Ss7Conf, takes_a_link_without_signalling_channel) {
  const Loaded loaded =
      load(linkset + "[link-l3]\nlinkset => siuc\nchannels => 1-31\nschannel =>\n");
  EXPECT_TRUE(loaded.errors.empty());
  EXPECT_TRUE(loaded.config.links.empty());
}

TEST(Ss7Conf, says_where_and_what_is_near_for_an_unknown_key) {
  const Loaded loaded = load(linkset + link_l1 + "span => left\nschanel => 3\n");
  expect_error(loaded, "ss7.conf:9: ");
  expect_error(loaded, "did you mean 'schannel'?");
}

TEST(Ss7Conf, says_what_is_wrong) {
  expect_error(load("[lnk-l1]\n"), "unknown section [lnk-l1]");
  expect_error(load(link_l1 + "span => left\n"), "there is no [linkset-siuc]");
  expect_error(load(linkset + link_l1 + "span => rigth\n"), "tdm.conf has no span rigth");
  expect_error(load(linkset + "[link-x]\nlinkset => siuc\nchannels => 1\nschannel => 2\n"
                              "span => left\n"),
               "span left of tdm.conf has no d-channel 2");
  expect_error(load(linkset + "[link-x]\nlinkset => siuc\nchannels => 1-16\nschannel => 16\n"
                              "span => left\n"),
               "timeslot 16 is in channels and in schannel");
  expect_error(load(linkset + "[link-x]\nlinkset => siuc\nchannels =>\nschannel => 40\n"
                              "span => left\n"),
               "numbers like 1-15,17-31");
  expect_error(load(linkset + "[link-x]\nlinkset => siuc\nchannels =>\nschannel => 16@far:1\n"
                              "span => left\n"),
               "not supported");
  expect_error(load(linkset + link_l1 + "span => left\nt7 => 9999\n"), "t7");
  const std::string twice = link_l1 + "span => left\n";
  expect_error(load(linkset + twice + twice), "two links are called l1");
  const std::string other = "[link-l2]\nlinkset => siuc\nchannels =>\nschannel => 16\n";
  expect_error(load(linkset + twice + other + "span => left\n"), "has the timeslot of link l1");
}

}  // namespace
}  // namespace strowger::ss7_trunk
