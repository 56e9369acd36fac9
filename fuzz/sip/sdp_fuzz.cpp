// Any text as a session description, and as offer and answer of a call.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sip/offer_answer.hpp"
#include "sip/sdp.hpp"

namespace {

using namespace strowger;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

std::size_t read_media(const sip::SessionDescription& session, std::size_t media) {
  std::size_t sum = session.ptime(media) + session.maxptime(media);
  std::string_view formats = session.media(media).formats;
  for (auto format = sip::next_format(formats); !format.empty();
       format = sip::next_format(formats)) {
    if (const auto type = sip::payload_type_of(format)) {
      sum += session.rtpmap(media, *type) ? session.rtpmap(media, *type)->name.size() : 0;
      sum += session.fmtp(media, *type).value_or("").size();
    }
  }
  for (std::size_t i = 0; i < session.attribute_count(media); ++i) {
    sum += session.attribute(media, i).value.size();
  }
  sum += session.rtp_address(media) ? session.rtp_address(media)->port : 0U;
  return sum + static_cast<std::size_t>(session.direction(media));
}

void negotiate(std::string_view text) {
  const sip::LocalAudio local{
      core::Address::ipv4(192, 0, 2, 1, 4000), sip::MediaDirection::sendrecv, {}};
  sip::OfferAnswer answering({}, 1);
  if (answering.take_offer(text)) {
    const auto answer = answering.make_answer(local);
    demand(answer.has_value());
    sip::SessionDescription ours;
    demand(sip::parse_sdp(*answer, ours).has_value());
    sip::SessionDescription theirs;
    demand(sip::parse_sdp(text, theirs).has_value());
    demand(ours.media_count() == theirs.media_count());
    demand(answering.make_offer(local).has_value());
  }
  sip::OfferAnswer offering({}, 2);
  demand(offering.make_offer(local).has_value());
  (void)offering.take_answer(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = core::text_of({data, size});
  sip::SessionDescription session;
  if (sip::parse_sdp(text, session)) {
    for (std::size_t media = 0; media < session.media_count(); ++media) {
      (void)read_media(session, media);
    }
  }
  negotiate(text);
  return 0;
}
