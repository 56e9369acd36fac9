#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sdp.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/su_alloc.h>

#include "bench/parse_peers.hpp"

namespace strowger::bench {
namespace {

bool parses_session(msg_t* message, const sip_t* sip) {
  if (sip->sip_payload == nullptr) {
    return false;
  }
  sdp_parser_t* const parser = sdp_parse(msg_home(message), sip->sip_payload->pl_data,
                                         static_cast<issize_t>(sip->sip_payload->pl_len), 0);
  const bool parsed = sdp_session(parser) != nullptr;
  sdp_parser_free(parser);
  return parsed;
}

}  // namespace

bool sofia_parses(std::string_view message, bool with_sdp) {
  msg_t* const parsed =
      msg_make(sip_default_mclass(), 0, message.data(), static_cast<ssize_t>(message.size()));
  if (parsed == nullptr) {
    return false;
  }
  const sip_t* const sip = sip_object(parsed);
  const bool good =
      sip != nullptr && sip->sip_request != nullptr && (!with_sdp || parses_session(parsed, sip));
  msg_destroy(parsed);
  return good;
}

}  // namespace strowger::bench
