#include "sip/offer_answer.hpp"

#include <string>

#include <gtest/gtest.h>

namespace strowger::sip {
namespace {

using enum MediaDirection;
using State = OfferAnswer::State;

const core::Address here = core::Address::ipv4(192, 0, 2, 1, 4000);
const core::Address there = core::Address::ipv4(192, 0, 2, 2, 6000);

LocalAudio at(const core::Address& rtp, MediaDirection direction = sendrecv) {
  return {rtp, direction, {}};
}

std::string peer_sdp(std::string_view media, std::string_view version = "1",
                     std::string_view address = "192.0.2.2") {
  return "v=0\r\no=peer 9 " + std::string(version) + " IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 " +
         std::string(address) + "\r\nt=0 0\r\n" + std::string(media);
}

bool has_line(const std::string& sdp, std::string_view line) {
  return ("\r\n" + sdp).find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
}

/// One that has agreed with a peer on PCMA, by the peer's offer.
OfferAnswer agreed() {
  OfferAnswer session({}, 7);
  EXPECT_TRUE(
      session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8 101\r\n"
                                  "a=rtpmap:101 telephone-event/8000\r\n")));
  EXPECT_TRUE(session.make_answer(at(here)));
  return session;
}

TEST(OfferAnswer, offers_all_codecs_and_events) {
  OfferAnswer session({}, 7);
  EXPECT_EQ(session.make_offer(at(here)),
            "v=0\r\no=- 7 0 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
            "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
            "a=sendrecv\r\n");
  EXPECT_EQ(session.state(), State::offered);
}

TEST(OfferAnswer, offers_the_preferred_codec_first) {
  OfferAnswer session({}, 7);
  const auto offer = session.make_offer({here, sendrecv, "pcmu"});
  EXPECT_TRUE(has_line(*offer, "m=audio 4000 RTP/AVP 0 8 101"));
}

TEST(OfferAnswer, takes_an_answer_with_the_peers_numbers) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(session.make_offer(at(here)));
  const auto audio = session.take_answer(
      peer_sdp("m=audio 6000 RTP/AVP 0 97\r\na=rtpmap:97 telephone-event/8000\r\na=ptime:30\r\n"));
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->remote_rtp, there);
  EXPECT_EQ(audio->remote_rtcp, there.with_port(6001));
  EXPECT_EQ(audio->codec.name, "PCMU");
  EXPECT_EQ(audio->codec.payload_type, 0);
  EXPECT_EQ(audio->receive_payload_type, 0);
  EXPECT_EQ(audio->event_payload_type, 97);
  EXPECT_EQ(audio->receive_event_payload_type, 101);
  EXPECT_EQ(audio->packet_ms, 30);
  EXPECT_EQ(audio->direction, sendrecv);
  EXPECT_EQ(session.state(), State::agreed);
  EXPECT_EQ(session.negotiated(), *audio);
}

TEST(OfferAnswer, agrees_on_no_events_where_the_peer_has_none) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(session.make_offer(at(here)));
  EXPECT_EQ(session.take_answer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n"))->event_payload_type, 0);
}

TEST(OfferAnswer, takes_the_same_answer_again_without_change) {
  OfferAnswer session({}, 7);
  const std::string answer = peer_sdp("m=audio 6000 RTP/AVP 8\r\n");
  ASSERT_TRUE(session.make_offer(at(here)));
  const auto first = session.take_answer(answer);
  EXPECT_EQ(session.take_answer(answer), first);
  EXPECT_EQ(session.take_answer(peer_sdp("m=audio 6002 RTP/AVP 8\r\n")),
            tl::unexpected(OfferAnswerError::no_offer));
}

TEST(OfferAnswer, takes_the_answer_of_another_fork_once_the_offer_is_open_again) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(session.make_offer(at(here)));
  ASSERT_TRUE(session.take_answer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")));
  session.reopen_offer();
  const auto other = session.take_answer(peer_sdp("m=audio 7000 RTP/AVP 0\r\n"));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->remote_rtp.port, 7000);
  EXPECT_EQ(other->codec.name, "PCMU");
}

TEST(OfferAnswer, refuses_answers_that_do_not_fit_the_offer) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(session.make_offer(at(here)));
  const auto expect_refused = [&session](const std::string& answer, OfferAnswerError error) {
    const auto taken = session.take_answer(answer);
    ASSERT_FALSE(taken) << answer;
    EXPECT_STREQ(to_string(taken.error()), to_string(error));
    EXPECT_EQ(session.state(), State::offered);
  };
  expect_refused("v=1\r\n", OfferAnswerError::bad_description);
  expect_refused(peer_sdp(""), OfferAnswerError::stream_mismatch);
  expect_refused(peer_sdp("m=audio 6 RTP/AVP 8\r\nm=audio 8 RTP/AVP 8\r\n"),
                 OfferAnswerError::stream_mismatch);
  expect_refused(peer_sdp("m=audio 0 RTP/AVP 8\r\n"), OfferAnswerError::no_audio);
  expect_refused(peer_sdp("m=audio 6000 RTP/SAVP 8\r\n"), OfferAnswerError::no_audio);
  expect_refused(peer_sdp("m=audio 6000 RTP/AVP 18\r\n"), OfferAnswerError::no_common_codec);
  expect_refused(peer_sdp("m=audio 6000 RTP/AVP 8\r\n", "1", "224.0.0.1"),
                 OfferAnswerError::bad_address);
  expect_refused(peer_sdp("m=audio 6000 RTP/AVP 8\r\n", "1", "pbx.example.com"),
                 OfferAnswerError::bad_address);
}

TEST(OfferAnswer, answers_with_one_codec_in_the_offers_order_and_refuses_other_streams) {
  OfferAnswer session({}, 7);
  const auto preview = session.take_offer(
      peer_sdp("m=video 5000 RTP/AVP 31\r\nm=audio 6000 RTP/AVP 18 0 8 96\r\n"
               "a=rtpmap:96 telephone-event/8000\r\nm=audio 8000 RTP/AVP 8\r\n"));
  ASSERT_TRUE(preview);
  EXPECT_EQ(session.state(), State::answering);
  EXPECT_FALSE(session.negotiated()) << "nothing is in force before the answer";
  const auto answer = session.make_answer(at(here));
  ASSERT_TRUE(answer);
  EXPECT_TRUE(has_line(*answer, "m=video 0 RTP/AVP 31"));
  EXPECT_TRUE(has_line(*answer, "m=audio 4000 RTP/AVP 0 96"));
  EXPECT_TRUE(has_line(*answer, "a=rtpmap:96 telephone-event/8000"));
  EXPECT_TRUE(has_line(*answer, "m=audio 0 RTP/AVP 8"));
  EXPECT_LT(answer->find("m=video"), answer->find("m=audio"));
  EXPECT_EQ(session.negotiated(), *preview);
  EXPECT_EQ(session.negotiated()->receive_event_payload_type, 96);
}

TEST(OfferAnswer, answers_with_the_preferred_codec_where_it_is_offered) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 0 8\r\n")));
  ASSERT_TRUE(session.make_answer({here, sendrecv, "PCMA"}));
  EXPECT_EQ(session.negotiated()->codec.name, "PCMA");
}

TEST(OfferAnswer, takes_a_dynamic_number_for_a_codec_it_knows) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(
      session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 110\r\na=rtpmap:110 pcma/8000\r\n")));
  const auto answer = session.make_answer(at(here));
  EXPECT_TRUE(has_line(*answer, "m=audio 4000 RTP/AVP 110"));
  EXPECT_TRUE(has_line(*answer, "a=rtpmap:110 PCMA/8000"));
}

TEST(OfferAnswer, refuses_an_offer_without_audio_or_codec_and_stays_as_it_was) {
  OfferAnswer session = agreed();
  const auto before = session.negotiated();
  EXPECT_EQ(session.take_offer(peer_sdp("m=video 5000 RTP/AVP 31\r\n")),
            tl::unexpected(OfferAnswerError::no_audio));
  EXPECT_EQ(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 18\r\n")),
            tl::unexpected(OfferAnswerError::no_common_codec));
  EXPECT_EQ(session.state(), State::agreed);
  EXPECT_EQ(session.negotiated(), before);
}

TEST(OfferAnswer, refuses_a_second_offer_from_either_side_while_one_is_pending) {
  OfferAnswer ours({}, 7);
  ASSERT_TRUE(ours.make_offer(at(here)));
  EXPECT_EQ(ours.make_offer(at(here)), tl::unexpected(OfferAnswerError::offer_pending));
  EXPECT_EQ(ours.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")),
            tl::unexpected(OfferAnswerError::offer_pending));
  OfferAnswer theirs({}, 8);
  ASSERT_TRUE(theirs.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")));
  EXPECT_EQ(theirs.make_offer(at(here)), tl::unexpected(OfferAnswerError::offer_pending));
  EXPECT_EQ(theirs.take_answer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")),
            tl::unexpected(OfferAnswerError::no_offer));
}

TEST(OfferAnswer, is_held_and_taken_back_by_the_peer) {
  OfferAnswer session = agreed();
  ASSERT_TRUE(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\na=sendonly\r\n", "2")));
  EXPECT_TRUE(has_line(*session.make_answer(at(here)), "a=recvonly"));
  EXPECT_TRUE(session.negotiated()->held_by_peer());
  ASSERT_TRUE(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n", "3")));
  EXPECT_TRUE(has_line(*session.make_answer(at(here)), "a=sendrecv"));
  EXPECT_FALSE(session.negotiated()->held_by_peer());
}

TEST(OfferAnswer, is_held_by_the_zero_address_of_rfc_2543) {
  OfferAnswer session = agreed();
  const auto held = session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n", "2", "0.0.0.0"));
  ASSERT_TRUE(held);
  EXPECT_TRUE(held->held_by_peer());
  EXPECT_EQ(held->direction, recvonly);
  EXPECT_TRUE(has_line(*session.make_answer(at(here)), "a=recvonly"));
}

TEST(OfferAnswer, holds_the_peer) {
  OfferAnswer session = agreed();
  const auto offer = session.make_offer(at(here, sendonly));
  EXPECT_TRUE(has_line(*offer, "a=sendonly"));
  const auto held = session.take_answer(peer_sdp("m=audio 6000 RTP/AVP 8\r\na=recvonly\r\n", "2"));
  EXPECT_EQ(held->direction, sendonly);
  EXPECT_FALSE(held->held_by_peer());
}

TEST(OfferAnswer, both_on_hold_is_inactive) {
  OfferAnswer session = agreed();
  ASSERT_TRUE(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\na=sendonly\r\n", "2")));
  EXPECT_TRUE(has_line(*session.make_answer(at(here, sendonly)), "a=inactive"));
  EXPECT_EQ(session.negotiated()->direction, inactive);
}

TEST(OfferAnswer, counts_the_version_up_only_where_something_changed) {
  OfferAnswer session = agreed();
  const auto same = session.make_offer(at(here));
  EXPECT_TRUE(has_line(*same, "o=- 7 1 IN IP4 192.0.2.1")) << "all codecs again: a change";
  ASSERT_TRUE(session.take_answer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n", "2")));
  EXPECT_EQ(session.make_offer(at(here)), *same);
  ASSERT_TRUE(session.take_answer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n", "2")));
  EXPECT_TRUE(has_line(*session.make_offer(at(here, inactive)), "o=- 7 2 IN IP4 192.0.2.1"));
}

TEST(OfferAnswer, keeps_the_streams_of_the_session_in_later_offers) {
  OfferAnswer session({}, 7);
  ASSERT_TRUE(
      session.take_offer(peer_sdp("m=video 5000 RTP/AVP 31\r\nm=audio 6000 RTP/AVP 8 96\r\n"
                                  "a=rtpmap:96 telephone-event/8000\r\n")));
  ASSERT_TRUE(session.make_answer(at(here)));
  const auto offer = session.make_offer(at(here));
  EXPECT_TRUE(has_line(*offer, "m=video 0 RTP/AVP 31"));
  EXPECT_TRUE(has_line(*offer, "m=audio 4000 RTP/AVP 8 0 96")) << "96 keeps its meaning";
  EXPECT_EQ(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")),
            tl::unexpected(OfferAnswerError::offer_pending));
  session.drop_offer();
  EXPECT_EQ(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")),
            tl::unexpected(OfferAnswerError::stream_mismatch))
      << "no stream may vanish (RFC 3264 clause 8)";
}

TEST(OfferAnswer, forgets_an_offer_that_was_refused) {
  OfferAnswer session = agreed();
  const auto before = session.negotiated();
  ASSERT_TRUE(session.make_offer(at(here, inactive)));
  session.drop_offer();
  EXPECT_EQ(session.state(), State::agreed);
  EXPECT_EQ(session.negotiated(), before);
  OfferAnswer fresh({}, 8);
  ASSERT_TRUE(fresh.make_offer(at(here)));
  fresh.drop_offer();
  EXPECT_EQ(fresh.state(), State::idle);
  EXPECT_TRUE(fresh.make_offer(at(here)));
}

TEST(OfferAnswer, refuses_a_local_end_without_address) {
  OfferAnswer session({}, 7);
  EXPECT_EQ(session.make_offer({}), tl::unexpected(OfferAnswerError::bad_local));
  ASSERT_TRUE(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n")));
  EXPECT_EQ(session.make_answer(at(here.with_port(0))),
            tl::unexpected(OfferAnswerError::bad_local));
  EXPECT_TRUE(session.make_answer(at(here)));
}

TEST(OfferAnswer, shares_one_port_with_rtcp_where_both_want_it) {
  OfferAnswerSettings settings;
  settings.rtcp_mux = true;
  OfferAnswer session(settings, 7);
  ASSERT_TRUE(session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\na=rtcp-mux\r\n")));
  EXPECT_TRUE(has_line(*session.make_answer(at(here)), "a=rtcp-mux"));
  EXPECT_EQ(session.negotiated()->remote_rtcp, there);
  OfferAnswer without({}, 8);
  ASSERT_TRUE(
      without.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\na=rtcp-mux\r\na=rtcp:6009\r\n")));
  EXPECT_FALSE(has_line(*without.make_answer(at(here)), "a=rtcp-mux"));
}

TEST(OfferAnswer, works_over_ipv6) {
  OfferAnswer session({}, 7);
  const auto offer = session.make_offer(at(core::Address::parse("[2001:db8::1]:4000").value()));
  EXPECT_TRUE(has_line(*offer, "c=IN IP6 2001:db8::1"));
  const auto audio = session.take_answer(
      "v=0\r\no=- 1 1 IN IP6 2001:db8::2\r\ns=-\r\nc=IN IP6 2001:db8::2\r\nt=0 0\r\n"
      "m=audio 6000 RTP/AVP 8\r\n");
  EXPECT_EQ(audio->remote_rtp.text().view(), "[2001:db8::2]:6000");
}

TEST(OfferAnswer, keeps_packet_lengths_within_bounds) {
  const auto packet_ms = [](std::string_view attributes) {
    OfferAnswer session({}, 7);
    return session.take_offer(peer_sdp("m=audio 6000 RTP/AVP 8\r\n" + std::string(attributes)))
        ->packet_ms;
  };
  EXPECT_EQ(packet_ms(""), 20);
  EXPECT_EQ(packet_ms("a=ptime:40\r\n"), 40);
  EXPECT_EQ(packet_ms("a=ptime:1000\r\n"), 20);
  EXPECT_EQ(packet_ms("a=ptime:25\r\n"), 20);
  EXPECT_EQ(packet_ms("a=ptime:x\r\n"), 20);
  EXPECT_EQ(packet_ms("a=maxptime:10\r\n"), 10);
}

}  // namespace
}  // namespace strowger::sip
