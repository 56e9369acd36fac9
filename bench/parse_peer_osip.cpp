#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/sdp_message.h>

#include "bench/parse_peers.hpp"

namespace strowger::bench {
namespace {

bool parses_session(osip_message_t* message) {
  osip_body_t* body = nullptr;
  if (osip_message_get_body(message, 0, &body) < 0 || body == nullptr) {
    return false;
  }
  sdp_message_t* session = nullptr;
  sdp_message_init(&session);
  const bool parsed = sdp_message_parse(session, body->body) == 0;
  sdp_message_free(session);
  return parsed;
}

}  // namespace

void start_osip() {
  parser_init();
}

bool osip_parses(std::string_view message, bool with_sdp) {
  osip_message_t* parsed = nullptr;
  osip_message_init(&parsed);
  const bool good = osip_message_parse(parsed, message.data(), message.size()) == 0 &&
                    (!with_sdp || parses_session(parsed));
  osip_message_free(parsed);
  return good;
}

}  // namespace strowger::bench
