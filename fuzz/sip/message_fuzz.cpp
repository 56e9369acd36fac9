// Any octets as a datagram and as a stream: every getter may be called on what was parsed, a
// message that is written anew reads the same, and a stream gives the same messages however it is
// cut.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"
#include "sip/writer.hpp"

namespace {

using namespace strowger;
using sip::HeaderName;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

std::size_t read_addresses(const sip::Message& message) {
  std::size_t sum = 0;
  for (const HeaderName name : {HeaderName::from, HeaderName::to, HeaderName::contact,
                                HeaderName::route, HeaderName::record_route, HeaderName::path}) {
    for (const std::string_view element : message.elements(name)) {
      const auto address = sip::parse_name_addr(element);
      if (address) {
        sum += address->expires().value_or(0) + address->q_thousandths().value_or(0);
        sum += address->parsed_uri() ? address->params.text().size() : address->uri.size();
      }
    }
  }
  return sum;
}

std::size_t read_all(const sip::Message& message) {
  std::size_t sum = read_addresses(message);
  for (const std::string_view element : message.elements(HeaderName::via)) {
    const auto via = sip::parse_via(element);
    sum += via ? via->branch.size() + via->host.size() : 0;
  }
  sum += message.cseq() ? message.cseq()->number : 0;
  sum += message.number(HeaderName::expires).value_or(0);
  sum += message.content_type() ? message.content_type()->subtype.size() : 0;
  sum += message.digest(HeaderName::authorization)
             ? message.digest(HeaderName::authorization)->response.size()
             : 0;
  sum += message.reason("Q.850") ? message.reason("Q.850")->cause : 0U;
  return sum + message.body().size() + message.call_id().size();
}

void write_anew(const sip::Message& message) {
  std::array<core::Octet, sip::max_message_octets> room;
  sip::MessageWriter out(room);
  if (message.is_request()) {
    out.request_line(message.method_text(), message.request_uri());
  } else {
    out.status_line(message.status(), message.reason_phrase());
  }
  out.copy(message, HeaderName::via);
  out.copy(message, HeaderName::contact);
  const auto octets = out.finish("text/plain", message.body_text());
  if (!octets) {
    return;  // too long by a Content-Type, or a start line that may not be sent
  }
  sip::Message again;
  demand(sip::parse_message(*octets, again).has_value());
  demand(!again.defect());
  demand(again.count(HeaderName::via) == message.count(HeaderName::via));
  demand(again.elements(HeaderName::contact).count() ==
         message.elements(HeaderName::contact).count());
  demand(again.body_text() == message.body_text());
}

/// The messages of a stream handed over `piece` octets at a time, and whether it failed.
std::vector<std::string> messages_of(std::string_view stream, std::size_t piece) {
  std::vector<std::string> messages;
  sip::StreamParser parser;
  sip::Message message;
  std::string pending;
  while (!stream.empty()) {
    pending += stream.substr(0, piece);
    stream.remove_prefix(std::min(piece, stream.size()));
    while (true) {
      const auto step = parser.next(core::octets_of(pending), message);
      if (!step) {
        messages.emplace_back(to_string(step.error().code));
        return messages;
      }
      demand(step->consumed <= pending.size());
      if (step->kind == sip::StreamStep::Kind::need_more) {
        break;
      }
      demand(step->consumed > 0);
      if (step->kind == sip::StreamStep::Kind::message) {
        messages.emplace_back(core::text_of(message.octets()));
        if (step->framing_lost) {
          return messages;
        }
      }
      pending.erase(0, step->consumed);
    }
  }
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::Octets octets{data, size};
  sip::Message message;
  const auto consumed = sip::parse_message(octets, message);
  if (consumed) {
    demand(*consumed <= size);
    demand(message.octets().size() <= *consumed);
    (void)read_all(message);
    (void)sip::validate(message);
    write_anew(message);
  }
  const std::string_view text = core::text_of(octets);
  demand(messages_of(text, size) == messages_of(text, 7));
  return 0;
}
