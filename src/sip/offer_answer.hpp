// Offer and answer (RFC 3264) for calls with one audio stream: which description to send, what the
// two of them agree on. An engine of its own without any I/O, timer or knowledge of SIP; the driver
// of a call owns one for each leg. Not thread-safe; allocates while it negotiates.
//
//   OfferAnswer session(settings, session_id);
//   auto offer = session.make_offer({.rtp = local});      // into INVITE
//   auto audio = session.take_answer(sdp_of_200);          // what to tell the media
//   ...
//   auto theirs = session.take_offer(sdp_of_reinvite);     // re-INVITE: hold, resume
//   auto answer = session.make_answer({.rtp = local});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/address.hpp"
#include "core/result.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {

/// A codec we can speak, best first in a list.
struct AudioCodec {
  std::string name;  // as in RFC 3551: "PCMA"
  std::uint32_t clock_rate = 8000;
  std::uint8_t payload_type = 8;  // what we offer; an answer takes over the offerer's number
  std::string fmtp;

  bool operator==(const AudioCodec&) const = default;
};

struct OfferAnswerSettings {
  std::vector<AudioCodec> codecs{{"PCMA", 8000, 8, {}}, {"PCMU", 8000, 0, {}}};
  std::uint8_t event_payload_type = 101;  // RFC 4733, 96 to 127; 0: we do not take events
  std::uint16_t packet_ms = 20;           // a=ptime, 10 to 60
  bool rtcp_mux = false;                  // RFC 5761: agree to one port for both
  std::string user = "-";                 // of o=
  std::string session_name = "-";
};

/// Our end of the stream, at the time of an offer or answer.
struct LocalAudio {
  core::Address rtp;                                    // with the port that media has opened
  MediaDirection direction = MediaDirection::sendrecv;  // what we want: sendonly holds the peer
  std::string_view preferred_codec = {};  // chosen or offered first where it is possible
};

/// What both sides agreed on: all that media needs.
struct NegotiatedAudio {
  core::Address remote_rtp;  // where to send; port 0 and any() for a peer on hold by c=0.0.0.0
  core::Address remote_rtcp;
  AudioCodec codec;                                     // payload_type is what we send with
  std::uint8_t receive_payload_type = 8;                // what the peer sends with
  std::uint8_t event_payload_type = 0;                  // what we send events with; 0: none agreed
  std::uint8_t receive_event_payload_type = 0;          // what the peer sends events with
  std::uint16_t packet_ms = 20;                         // what the peer wants to receive
  MediaDirection direction = MediaDirection::sendrecv;  // what we may do
  bool rtcp_mux = false;

  /// The peer does not want to hear us: it put us on hold.
  [[nodiscard]] bool held_by_peer() const {
    return direction == MediaDirection::recvonly || direction == MediaDirection::inactive;
  }
  bool operator==(const NegotiatedAudio&) const = default;
};

enum class OfferAnswerError : std::uint8_t {
  bad_description,  // it can't be parsed: 400, or end the call
  no_audio,         // no audio stream over RTP/AVP that is in use: 488
  no_common_codec,  // 488
  bad_address,      // a host name or multicast address where media should go: 488
  offer_pending,    // glare, or a second offer before the answer (RFC 3264 clause 4): 491
  no_offer,         // an answer without offer
  stream_mismatch,  // the number of m= lines differs from the offer's (clause 6)
  bad_local,        // LocalAudio::rtp has no address or port
};
[[nodiscard]] const char* to_string(OfferAnswerError error);

template <class T>
using OfferAnswerResult = core::Result<T, OfferAnswerError>;

class OfferAnswer {
 public:
  enum class State : std::uint8_t {
    idle,       // no session yet
    offered,    // our offer waits for its answer
    answering,  // the peer's offer waits for ours
    agreed,     // both descriptions are in force
  };

  /// `session_id` is the number in o=, unique among our sessions (clause 5).
  OfferAnswer(OfferAnswerSettings settings, std::uint64_t session_id);

  [[nodiscard]] State state() const { return state_; }
  /// What is in force: set by the first agreement, replaced by each later one.
  [[nodiscard]] const std::optional<NegotiatedAudio>& negotiated() const { return negotiated_; }

  /// Our offer, first or later. Offers all codecs; a later one keeps the streams of the session in
  /// their places, and o= counts up only where something changed (clause 8).
  [[nodiscard]] OfferAnswerResult<std::string> make_offer(const LocalAudio& local);
  /// The answer to our offer. A copy of the last answer (183, then 200) changes nothing.
  [[nodiscard]] OfferAnswerResult<NegotiatedAudio> take_answer(std::string_view sdp);

  /// The peer's offer. Gives what would come of it if we wanted sendrecv; nothing is in force yet.
  /// On an error there is no offer pending and the session stays as it was.
  [[nodiscard]] OfferAnswerResult<NegotiatedAudio> take_offer(std::string_view sdp);
  /// The answer to it: one codec and telephone events; other streams are refused with port 0.
  /// What was agreed is then in `negotiated`.
  [[nodiscard]] OfferAnswerResult<std::string> make_answer(const LocalAudio& local);

  /// The offer that is pending was refused or withdrawn: the session is as it was before
  /// (clause 8: a refused re-offer changes nothing).
  void drop_offer();
  /// Our answered offer waits for an answer again: another fork of the INVITE answered
  /// (RFC 3261 clause 13.2.2.4). Does nothing where the last offer was not ours.
  void reopen_offer();

 private:
  /// One m= line of the session; the one that is ours carries audio, the others are refused.
  struct Stream {
    std::string media;
    std::string protocol;
    std::string formats;
    bool ours = false;
  };
  /// Our side of the session: what our last description said.
  struct Side {
    std::vector<Stream> streams;
    std::vector<AudioCodec> codecs;
    std::uint8_t event_payload_type = 0;
    bool rtcp_mux = false;
    MediaDirection direction = MediaDirection::sendrecv;
  };
  struct Choice {
    std::size_t media = 0;
    NegotiatedAudio audio;
  };

  [[nodiscard]] bool pending() const {
    return state_ == State::offered || state_ == State::answering;
  }
  [[nodiscard]] OfferAnswerResult<Choice> choose(const SessionDescription& offer,
                                                 const LocalAudio& local) const;
  [[nodiscard]] OfferAnswerResult<NegotiatedAudio> judge_answer(
      const SessionDescription& answer) const;
  [[nodiscard]] OfferAnswerResult<NegotiatedAudio> with_remote(const SessionDescription& theirs,
                                                               std::size_t media,
                                                               NegotiatedAudio audio) const;
  [[nodiscard]] std::string describe(const LocalAudio& local);
  [[nodiscard]] std::string write_description(const LocalAudio& local, std::uint64_t version) const;

  OfferAnswerSettings settings_;
  std::uint64_t session_id_;
  std::uint64_t version_ = 0;
  State state_ = State::idle;
  bool last_offer_ours_ = false;
  Side in_force_;              // with our pending offer in it
  Side before_;                // of the pending offer
  std::string last_sent_;      // our last description
  std::string last_answer_;    // the peer's
  std::string pending_offer_;  // the peer's
  std::optional<NegotiatedAudio> negotiated_;
};

}  // namespace strowger::sip
