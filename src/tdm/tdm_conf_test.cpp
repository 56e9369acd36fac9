#include "tdm/tdm_conf.hpp"

#include <gmock/gmock.h>

namespace strowger::tdm {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class TdmConf : public testing::Test {
 protected:
  TdmConfig load(const std::string& text) {
    const auto file = base::read_conf(
        "tdm.conf", [&](const std::string&) { return std::optional<std::string>(text); });
    EXPECT_TRUE(file);
    return load_tdm_conf(*file, errors, notices);
  }
  void expect_error(const std::string& text, const std::string& message) {
    errors.clear();
    (void)load(text);
    ASSERT_THAT(errors, SizeIs(1)) << text;
    EXPECT_THAT(errors[0].message(), HasSubstr(message));
  }
  std::vector<base::ConfError> errors, notices;
};

TEST_F(TdmConf, reads_what_freetdm_reads) {
  const TdmConfig config = load(R"([general]
cpu_monitor => yes
cpu_monitoring_interval => 500
cpu_set_alarm_threshold => 90
cpu_reset_alarm_threshold => 60
cpu_alarm_action => warn,reject
debugdtmf_directory = /var/lib/dtmf
[span zt first]
trunk_type => E1
trunk_mode => NET
group => out
rxgain => -3.5
name => Line
b-channel => 1-15
d-channel => 16
name => undef
txgain => 2
b-channel => 17-31
[span zt cas]
trunk_type => E1
cas-channel => 1-2:1101
[span zt analog]
trunk_type => FXO
number => 9999
fxo-channel => 2:3-4
)");
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_TRUE(config.cpu.enabled && config.cpu.warn && config.cpu.reject);
  EXPECT_EQ(config.cpu.interval, core::milliseconds(500));
  EXPECT_EQ(config.cpu.clear_threshold, 60U);
  EXPECT_EQ(config.dump_folder, "/var/lib/dtmf");
  ASSERT_THAT(config.spans, SizeIs(3));
  const SpanConfig& first = config.spans[0];
  EXPECT_EQ(first.name, "first");
  EXPECT_EQ(first.transport.type, "dahdi");
  EXPECT_TRUE(first.network_side);
  ASSERT_THAT(first.channels, SizeIs(31));
  EXPECT_EQ(first.channels[0].name, "Line");
  EXPECT_EQ(first.channels[15].type, ChannelType::d);
  EXPECT_EQ(first.channels[30].name, "");
  EXPECT_EQ(first.channels[30].timeslot, 31);
  // A key holds for the channels below it.
  EXPECT_EQ(first.channels[0].transmit_gain_db, 0);
  EXPECT_EQ(first.channels[30].transmit_gain_db, 2);
  EXPECT_EQ(first.channels[30].receive_gain_db, -3.5);
  EXPECT_EQ(config.spans[1].channels[1].cas_bits, "1101");
  EXPECT_EQ(config.spans[2].channels[0].physical_span, 2);
  EXPECT_EQ(config.spans[2].channels[0].number, "9999");
  // Signalling channels are never hunted.
  ASSERT_THAT(config.groups(), SizeIs(1));
  EXPECT_THAT(config.groups()[0].channels, SizeIs(30));
}

TEST_F(TdmConf, reads_our_own_keys) {
  const TdmConfig config = load(R"([span udp far]
trunk_type = T1
signalling = loopback
peer = near
glare = odd
local = 127.0.0.1:9000
remote = 127.0.0.1:9001
packet_ms = 5
jitter_ms = 30
redundancy = yes
rtp = no
seed = 7
bit_error_rate = 0.001
slips_per_hour = 2
max_calls = 40
b-channel = 1-24
analog-start-type = KEWL
digit-timeout = 3000
max-digits = 4
hotline = 112
enable-callerid = no
answer-polarity-reverse = yes
wait-dialtone-timeout = 0
)");
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_THAT(notices, SizeIs(1));
  const AnalogConfig& analog = config.spans.at(0).analog;
  EXPECT_EQ(analog.digit_timeout, core::seconds(3));
  EXPECT_EQ(analog.max_digits, 4);
  EXPECT_EQ(analog.hotline.view(), "112");
  EXPECT_FALSE(analog.caller_id);
  EXPECT_TRUE(analog.answer_polarity);
  EXPECT_EQ(analog.dialtone_wait, core::Duration{});
  const SpanConfig& span = config.spans.at(0);
  EXPECT_EQ(span.law, media::Codec::pcmu);
  EXPECT_EQ(span.glare, GlareRule::control_odd);
  EXPECT_EQ(span.transport.jitter_ms, 30U);
  EXPECT_TRUE(span.transport.redundancy);
  EXPECT_EQ(span.transport.remote, "127.0.0.1:9001");
  EXPECT_EQ(span.transport.bit_error_rate, 0.001);
  EXPECT_EQ(span.max_calls, 40);
}

TEST_F(TdmConf, reads_who_frames_each_signalling_channel) {
  const TdmConfig config = load(R"([span dahdi a]
b-channel = 1-14
framing = mtp2
d-channel = 15
framing = hdlc
d-channel = 16
b-channel = 17-30
framing = octets
d-channel = 31
)");
  EXPECT_THAT(errors, IsEmpty());
  const auto& channels = config.spans.at(0).channels;
  EXPECT_EQ(channels[14].framing, Framing::mtp2);
  EXPECT_EQ(channels[15].framing, Framing::hdlc);
  EXPECT_EQ(channels[16].framing, Framing::octets) << "a bearer has none";
  EXPECT_EQ(channels[30].framing, Framing::octets);
  EXPECT_EQ(to_string(Framing::mtp2), "mtp2");
  expect_error("[span udp a]\nframing = hdlc\nd-channel = 16\n", "for dahdi spans alone");
}

TEST_F(TdmConf, takes_the_alarm_actions_by_their_words_alone) {
  const auto actions = [this](const std::string& value) {
    errors.clear();
    const TdmConfig config = load("[general]\ncpu_alarm_action = " + value + "\n");
    return (config.cpu.warn ? "w" : "") + std::string(config.cpu.reject ? "r" : "") +
           (errors.empty() ? "" : "!");
  };
  EXPECT_EQ(actions("warn"), "w");
  EXPECT_EQ(actions("reject"), "r");
  EXPECT_EQ(actions("warn|reject"), "wr");
  EXPECT_EQ(actions("warn, reject"), "wr");
  EXPECT_EQ(actions("forewarn"), "!");
}

TEST_F(TdmConf, says_where_and_what_is_wrong) {
  expect_error("[span loop a]\ntrunk_tipe = E1\n",
               "tdm.conf:2: unknown key 'trunk_tipe' in [span loop a]: did you mean 'trunk_type'?");
  expect_error("[general]\ncpu_moniter = yes\n", "did you mean 'cpu_monitor'?");
  expect_error("[span loop a]\ntrunk_type = E2\n", "one of E1, T1");
  expect_error("[span loop a]\nb-channel = 1-31\nb-channel = 31\n", "is in this span already");
  expect_error("[span loop a]\nb-channel = 9-1\n", "channels are like");
  expect_error("[span loop a]\nrxgain = loud\n", "a number from -24 to 24");
  expect_error("[span wanpipe a]\n", "are not supported");
  expect_error("[spam]\n", "unknown section [spam]");
  expect_error("[span loop a]\n[span loop a]\n", "two spans are called a");
  expect_error("[general]\ncpu_set_alarm_threshold = 50\n", "must lie below");
  expect_error("[span loop a]\ndebugdtmf = yes\nb-channel = 1\n", "debugdtmf_directory");
  expect_error("[span loop a]\nhotline = bob\n", "31 digits");
  expect_error("[span loop a]\nframing = raw\n", "one of octets, hdlc, mtp2");
}

}  // namespace
}  // namespace strowger::tdm
