#include <string>

#include <gtest/gtest.h>

#include "media/dtmf.hpp"
#include "media/service_fixture.hpp"
#include "rtp/telephone_event.hpp"

namespace strowger::media {
namespace {

Remote with_events(std::uint8_t payload_type) {
  Remote remote;
  remote.event_payload_type = payload_type;
  return remote;
}

class Digits : public ServiceTest {
 protected:
  /// Presses a key as a phone does: packets each 20 ms, three of them the end.
  void press(Phone& phone, const OpenedPort& port, char digit, std::uint8_t payload_type = 101) {
    rtp::EventSender sender;
    sender.start(digit, core::milliseconds(100), phone.timestamp);
    while (sender.active()) {
      const auto out = sender.next(160);
      const auto payload = rtp::write_event(out.event);
      phone.send(port.local,
                 {out.marker, payload_type, phone.sequence++, out.timestamp, rtp::Ssrc(phone.ssrc)},
                 Bytes(payload.begin(), payload.end()));
      run(1);
      phone.timestamp += 160;
    }
  }
  /// Presses a key as an analogue phone would: the tone within the audio, then silence.
  void press_inband(Phone& phone, const OpenedPort& port, char digit) {
    ToneGenerator tone;
    tone.play(dtmf_tone(digit));
    for (int tick = 0; tick < 10; ++tick) {
      std::array<Sample, tick_samples> audio{};
      if (tick < 5) {
        tone.fill(audio);
      }
      Bytes payload(tick_samples);
      encode(Codec::pcma, audio, payload);
      phone.say(port.local, payload);
      run(1);
    }
  }

  /// The digits in audio that a phone heard.
  static std::string inband_digits(const std::vector<Heard>& heard) {
    DtmfDetector detector;
    std::string digits;
    for (const auto& packet : heard) {
      std::array<Sample, tick_samples> audio{};
      if (packet.header.payload_type == 8) {
        decode(Codec::pcma, packet.payload, audio);
      }
      if (const auto digit = detector.listen(audio)) {
        digits += digit->digit;
      }
    }
    // The last digit ends with silence.
    for (int i = 0; i < 5; ++i) {
      if (const auto digit = detector.listen(std::array<Sample, tick_samples>{})) {
        digits += digit->digit;
      }
    }
    return digits;
  }
  /// The digits in events that a phone heard.
  static std::string event_digits(const std::vector<Heard>& heard, std::uint8_t payload_type) {
    rtp::EventReceiver receiver;
    std::string digits;
    for (const auto& packet : heard) {
      if (packet.header.payload_type == payload_type) {
        if (const auto digit = receiver.input(packet.header, packet.payload, core::Time{})) {
          digits += digit->digit;
        }
      }
    }
    return digits;
  }

  Phone alice;
  Phone bob;
};

TEST_F(Digits, are_told_once_each_with_their_length) {
  const OpenedPort a = open_for(alice, with_events(101));
  for (const char digit : std::string("1*9")) {
    press(alice, a, digit);
  }
  EXPECT_EQ(events_.digits(), "1*9");
  EXPECT_EQ(events_.of<DtmfReceived>()[0].length, core::milliseconds(100));
  EXPECT_EQ(events_.of<DtmfReceived>()[0].port, a.id);
}

TEST_F(Digits, whose_end_is_lost_are_told_all_the_same) {
  const OpenedPort a = open_for(alice, with_events(101));
  const auto payload = rtp::write_event({5, false, 10, 800});
  alice.send(a.local, {true, 101, 1, 1000, rtp::Ssrc(1)}, Bytes(payload.begin(), payload.end()));
  run(5);
  EXPECT_EQ(events_.digits(), "");
  run(5);
  EXPECT_EQ(events_.digits(), "5");
}

TEST_F(Digits, pass_a_bridge_as_events_with_the_payload_type_of_the_other_side) {
  const OpenedPort a = open_for(alice, with_events(101));
  const OpenedPort b = open_for(bob, with_events(96));
  service_.bridge(a.id, b.id);
  talk(alice, a, 2, frame(0x33));
  press(alice, a, '7');
  talk(alice, a, 2, frame(0x33));
  const auto heard = bob.hear();
  EXPECT_EQ(event_digits(heard, 96), "7");
  EXPECT_EQ(events_.digits(), "7");
  for (std::size_t i = 1; i < heard.size(); ++i) {
    EXPECT_EQ(static_cast<std::uint16_t>(heard[i].header.sequence - heard[i - 1].header.sequence),
              1);
  }
}

TEST_F(Digits, become_tones_for_a_peer_that_takes_no_events) {
  const OpenedPort a = open_for(alice, with_events(101));
  const OpenedPort b = open_for(bob);
  service_.bridge(a.id, b.id);
  press(alice, a, '7');
  press(alice, a, '#');
  run(20);
  EXPECT_EQ(inband_digits(bob.hear()), "7#");
}

TEST_F(Digits, become_new_events_where_packets_are_made_on_the_tick) {
  const OpenedPort a = open_for(alice, with_events(101));
  Remote long_packets = with_events(96);
  long_packets.packet_ms = 40;
  const OpenedPort b = open_for(bob, long_packets);
  service_.bridge(a.id, b.id);
  talk(alice, a, 6, frame(0x33));
  press(alice, a, '7');
  talk(alice, a, 20, frame(0x33));
  EXPECT_EQ(event_digits(bob.hear(), 96), "7");
}

TEST_F(Digits, within_the_audio_are_heard_when_asked_for) {
  const OpenedPort a = open_for(alice);
  press_inband(alice, a, '4');
  EXPECT_EQ(events_.digits(), "");
  service_.detect_inband_dtmf(a.id, true);
  run();
  press_inband(alice, a, '5');
  press_inband(alice, a, 'D');
  EXPECT_EQ(events_.digits(), "5D");
  service_.detect_inband_dtmf(a.id, false);
  run();
  press_inband(alice, a, '6');
  EXPECT_EQ(events_.digits(), "5D");
}

TEST_F(Digits, are_sent_as_events) {
  const OpenedPort a = open_for(alice, with_events(101));
  service_.send_dtmf(a.id, "12w3", core::milliseconds(80), core::milliseconds(60),
                     DtmfMode::rfc4733, 77);
  run(80);
  const auto heard = alice.hear();
  EXPECT_EQ(event_digits(heard, 101), "123");
  unsigned markers = 0;
  for (const auto& packet : heard) {
    EXPECT_EQ(packet.header.payload_type, 101);
    markers += packet.header.marker ? 1U : 0U;
  }
  EXPECT_EQ(markers, 3U);
  EXPECT_EQ(heard.size(), 3U * 6U) << "four of 20 ms each, the last one three times";
  ASSERT_EQ(events_.of<DtmfSent>().size(), 1U);
  EXPECT_EQ(events_.of<DtmfSent>()[0].tag, 77U);
}

TEST_F(Digits, are_sent_as_tones_when_asked_or_when_the_peer_takes_no_events) {
  const OpenedPort a = open_for(alice, with_events(101));
  service_.send_dtmf(a.id, "159#", core::milliseconds(80), core::milliseconds(80), DtmfMode::inband,
                     1);
  run(60);
  EXPECT_EQ(inband_digits(alice.hear()), "159#");
  const OpenedPort b = open_for(bob);
  service_.send_dtmf(b.id, "0A", core::milliseconds(80), core::milliseconds(80), DtmfMode::rfc4733,
                     2);
  run(60);
  EXPECT_EQ(inband_digits(bob.hear()), "0A");
  EXPECT_EQ(events_.of<DtmfSent>().size(), 2U);
}

TEST_F(Digits, leave_out_what_is_no_digit_and_end_all_the_same) {
  const OpenedPort a = open_for(alice, with_events(101));
  service_.send_dtmf(a.id, "x!", core::milliseconds(80), core::milliseconds(80), DtmfMode::rfc4733,
                     1);
  service_.send_dtmf(a.id, "", core::milliseconds(80), core::milliseconds(80), DtmfMode::inband, 2);
  run(2);
  EXPECT_EQ(events_.of<DtmfSent>().size(), 2U);
  EXPECT_TRUE(alice.hear().empty());
}

TEST_F(Digits, go_before_the_sound_that_is_played_and_it_waits) {
  const OpenedPort a = open_for(alice, with_events(101));
  ASSERT_TRUE(service_.play(a.id, {File{"short"}}, 1, false));
  run(1);
  service_.send_dtmf(a.id, "1", core::milliseconds(60), core::milliseconds(40), DtmfMode::rfc4733,
                     2);
  run(10);
  const auto heard = alice.hear();
  std::string kinds;
  for (const auto& packet : heard) {
    kinds += packet.header.payload_type == 101 ? 'e' : 'a';
  }
  EXPECT_EQ(kinds, "aeeeeeaa");
  EXPECT_EQ(events_.of<PlayEnded>().size(), 1U);
}

TEST_F(Digits, sent_into_a_bridge_hold_back_the_other_party_and_keep_the_stream_whole) {
  const OpenedPort a = open_for(alice);
  const OpenedPort b = open_for(bob, with_events(101));
  service_.bridge(a.id, b.id);
  talk(alice, a, 3, frame(0x33));
  service_.send_dtmf(b.id, "5", core::milliseconds(60), core::milliseconds(40), DtmfMode::rfc4733,
                     1);
  talk(alice, a, 10, frame(0x33));
  const auto heard = bob.hear();
  EXPECT_EQ(event_digits(heard, 101), "5");
  for (std::size_t i = 1; i < heard.size(); ++i) {
    EXPECT_EQ(static_cast<std::uint16_t>(heard[i].header.sequence - heard[i - 1].header.sequence),
              1);
  }
  EXPECT_EQ(heard.back().header.payload_type, 8);
}

}  // namespace
}  // namespace strowger::media
