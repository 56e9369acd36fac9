#include "sip/sip_peer_fixture.hpp"

#include <gtest/gtest.h>

#include "sip/call_layer.hpp"
#include "sip/parse.hpp"

namespace strowger::sip::test {
namespace {

/// All fields of one name, as lines.
std::string fields(const Message& message, HeaderName name) {
  std::string lines;
  for (std::size_t i = message.find(name); i < message.field_count();
       i = message.find(name, i + 1)) {
    lines.append(to_string(name)).append(": ").append(message.field(i).value).append("\n");
  }
  return lines;
}

}  // namespace

std::string tag_in(std::string_view value) {
  const auto address = parse_name_addr(value);
  return std::string(address ? address->tag : std::string_view{});
}

std::string uri_in(std::string_view value) {
  const auto address = parse_name_addr(value);
  return std::string(address ? address->uri : std::string_view{});
}

RequestText within(const Sent& ok, std::string_view method, int cseq) {
  RequestText parts;
  parts.method = method;
  parts.uri = uri_in(ok.header("Contact"));
  parts.to_tag = tag_in(ok.header("To"));
  parts.cseq = cseq;
  return parts;
}

std::string Peer::request(const RequestText& parts) {
  const std::string branch =
      parts.branch.empty() ? "z9hG4bKpeer" + std::to_string(++branches_) : parts.branch;
  std::string text = parts.method + " " + parts.uri + " SIP/2.0\n";
  text += "Via: " +
          (parts.via.empty()
               ? "SIP/2.0/UDP " + std::string(address_.text().view()) + ";rport;branch=" + branch
               : parts.via) +
          "\n";
  text += "Max-Forwards: 70\nFrom: <sip:" + parts.from_user + "@10.0.0.9>;tag=" + parts.from_tag;
  text += "\nTo: <sip:" + parts.to_user + "@10.0.0.1>";
  text += (parts.to_tag.empty() ? "" : ";tag=" + parts.to_tag) + "\n";
  text += "Call-ID: " + parts.call_id + "\n";
  text += "CSeq: " + std::to_string(parts.cseq) + " " + parts.method + "\n";
  if (parts.method == "INVITE" || parts.method == "UPDATE") {
    text += "Contact: <sip:peer@" + std::string(address_.text().view()) + ">\n";
  }
  text += parts.headers;
  if (!parts.body.empty()) {
    text += "Content-Type: " + parts.content_type + "\n";
  }
  text = wire_text(text + "\n") + parts.body;
  if (!parts.body.empty()) {
    const auto at = text.find("Content-Length: 0");
    text.replace(at, 17, "Content-Length: " + std::to_string(parts.body.size()));
  }
  send(text);
  return text;
}

std::string Peer::reply(const Sent& request, std::string_view status_line, std::string_view tag,
                        std::string_view headers, std::string_view body) {
  Message message;
  EXPECT_TRUE(parse_message(core::octets_of(request.text), message)) << request.text;
  std::string text = "SIP/2.0 " + std::string(status_line) + "\n";
  text += fields(message, HeaderName::via) + fields(message, HeaderName::record_route) +
          fields(message, HeaderName::from);
  std::string to = fields(message, HeaderName::to);
  if (!tag.empty() && to.find(";tag=") == std::string::npos) {
    to.insert(to.size() - 1, ";tag=" + std::string(tag));
  }
  text += to + fields(message, HeaderName::call_id) + fields(message, HeaderName::cseq);
  if (headers.find("Contact:") == std::string_view::npos) {
    text += "Contact: <sip:peer@" + std::string(address_.text().view()) + ">\n";
  }
  text += headers;
  text += body.empty() ? "" : "Content-Type: application/sdp\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\n\n";
  text = wire_text(text) + std::string(body);
  send(text);
  return text;
}

void Peer::acknowledge(const Sent& response, std::string_view body) {
  Message message;
  EXPECT_TRUE(parse_message(core::octets_of(response.text), message)) << response.text;
  RequestText ack;
  ack.method = "ACK";
  ack.uri = uri_in(response.header("Contact"));
  ack.from_tag = tag_in(response.header("From"));
  ack.to_tag = tag_in(response.header("To"));
  ack.call_id = std::string(message.call_id());
  ack.cseq = static_cast<int>(message.cseq().value_or(CSeq{}).number);
  ack.body = body;
  request(ack);
}

const Sent* Peer::next(std::int64_t within_ms) {
  const core::Time end = world_.now + core::milliseconds(within_ms);
  while (true) {
    std::size_t seen = 0;
    for (const auto& sent : world_.wire) {
      if (sent.to == address_ && !sent.lost && seen++ == read_) {
        ++read_;
        return &sent;
      }
    }
    if (world_.now >= end) {
      return nullptr;
    }
    world_.run_for(core::milliseconds(1));
  }
}

Sent Peer::expect(std::string_view beginning, std::int64_t within_ms) {
  const Sent* sent = next(within_ms);
  if (sent == nullptr) {
    ADD_FAILURE() << "expected " << beginning << ", nothing came";
    return {};
  }
  EXPECT_TRUE(sent->text.starts_with(beginning)) << "expected " << beginning << "\n" << sent->text;
  return *sent;
}

Sent Peer::expect_at(core::Time origin, std::int64_t ms, std::string_view beginning) {
  Sent sent = expect(beginning, (origin - world_.now).milliseconds() + ms + 1);
  EXPECT_EQ((sent.at - origin).milliseconds(), ms) << beginning;
  return sent;
}

void Peer::expect_silence(std::int64_t ms) {
  const Sent* sent = next(ms);
  EXPECT_EQ(sent, nullptr) << "expected silence, got\n" << (sent == nullptr ? "" : sent->text);
}

void Peer::skip() {
  while (next(0) != nullptr) {
  }
}

Bench::Bench(const std::function<void(Settings&)>& adjust)
    : engine(world.add(1,
                       [&](Settings& s) {
                         s.allow_guest = true;
                         PeerSettings trunk;
                         trunk.name = "trunk";
                         trunk.host = World::host(9);
                         trunk.authenticate = false;
                         trunk.outgoing_user = "us";
                         trunk.outgoing_secret = "secret";
                         s.peers["trunk"] = trunk;
                         if (adjust) {
                           adjust(s);
                         }
                       })),
      peer(world, engine) {}

Sent Bench::place(std::string_view uri) {
  const auto result = engine.command(Place{.peer = "trunk",
                                           .uri = uri,
                                           .from_user = "100",
                                           .from_display = {},
                                           .sdp = offer_sdp,
                                           .headers = {}});
  EXPECT_TRUE(result);
  call = result.value_or(CallHandle{});
  return peer.expect("INVITE ");
}

Sent Bench::establish() {
  RequestText invite;
  invite.body = offer_sdp;
  peer.request(invite);
  peer.expect("SIP/2.0 100");
  call = engine.seen("incoming", engine.count("incoming") - 1).call;
  EXPECT_TRUE(engine.command(Answer{call, answer_sdp}));
  Sent ok = peer.expect("SIP/2.0 200");
  peer.acknowledge(ok);
  EXPECT_EQ(engine.count("confirmed"), engine.count("incoming"));
  return ok;
}

void Bench::expect_nothing_left() {
  world.run_until_idle();
  EXPECT_EQ(engine.engine().calls().size(), 0U);
  EXPECT_EQ(engine.engine().transactions(), 0U);
  EXPECT_EQ(engine.engine().timers(), 0U);
  EXPECT_EQ(engine.engine().counters()[Count::events_not_permitted], 0U);
}

}  // namespace strowger::sip::test
