// INVITEs parsed a second on one core: headers indexed, with SDP, and judged as the engine judges
// them. Beside the parsers of libsofia-sip-ua and libosip2, which parse the common headers at once;
// the third subject compares like with like.
#include <string>
#include <string_view>

#include "bench/harness.hpp"
#include "bench/parse_peers.hpp"
#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"
#include "sip/sdp.hpp"

namespace {

using namespace strowger;

constexpr std::string_view body =
    "v=0\r\n"
    "o=alice 2890844526 2890844526 IN IP4 192.0.2.10\r\n"
    "s=-\r\n"
    "c=IN IP4 192.0.2.10\r\n"
    "t=0 0\r\n"
    "m=audio 49170 RTP/AVP 8 0 101\r\n"
    "a=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-16\r\n"
    "a=ptime:20\r\n"
    "a=sendrecv\r\n";

std::string invite() {
  return "INVITE sip:100@pbx.example.com SIP/2.0\r\n"
         "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776asdhds;rport\r\n"
         "Max-Forwards: 70\r\n"
         "From: \"Alice\" <sip:alice@pbx.example.com>;tag=1928301774\r\n"
         "To: <sip:100@pbx.example.com>\r\n"
         "Call-ID: a84b4c76e66710@192.0.2.10\r\n"
         "CSeq: 314159 INVITE\r\n"
         "Contact: <sip:alice@192.0.2.10:5060;transport=udp>\r\n"
         "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE\r\n"
         "Supported: replaces, timer\r\n"
         "User-Agent: Example Phone 1.0\r\n"
         "Content-Type: application/sdp\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

void check(bool good) {
  if (!good) {
    std::fprintf(stderr, "the INVITE was not parsed\n");
    std::exit(1);
  }
}

struct Work {
  bool with_sdp = false;
  bool judged = false;
};

void parse_ours(const std::string& text, std::uint64_t items, Work work) {
  sip::Message message;
  sip::SessionDescription session;
  for (std::uint64_t i = 0; i < items; ++i) {
    bench::keep(text.data());
    bool good = sip::parse_message(core::octets_of(text), message).has_value();
    if (work.judged) {
      good = good && sip::validate(message).accepted();
    }
    if (work.with_sdp) {
      good = good && sip::parse_sdp(message.body_text(), session).has_value();
    }
    check(good);
  }
}

template <class Parses>
bench::Contender peer(const std::string& name, const std::string& text, Work work, Parses parses) {
  return {name, [&text, work, parses](std::uint64_t items) {
            for (std::uint64_t i = 0; i < items; ++i) {
              check(parses(text, work.with_sdp));
            }
          }};
}

void compare(const std::string& text, const bench::Subject& subject, Work work) {
  const bench::Contender ours{"strowger",
                              [&](std::uint64_t items) { parse_ours(text, items, work); }};
  bench::print(subject,
               bench::measure({ours, peer("libsofia-sip-ua", text, work, bench::sofia_parses),
                               peer("libosip2", text, work, bench::osip_parses)}));
}

}  // namespace

int main() {
  bench::start_osip();
  const std::string text = invite();
  compare(text, {"parse", "INVITE, headers indexed", "messages", 1.5e6}, {});
  compare(text, {"parse", "INVITE with SDP", "messages", 0.7e6}, {true, false});
  compare(text, {"parse", "INVITE with SDP, all used headers checked", "messages"}, {true, true});
}
