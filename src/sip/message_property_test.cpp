// Properties: what the writer wrote is what the parser reads, and a stream gives the same messages
// however it is cut.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sip/message_fixture.hpp"
#include "sip/sdp.hpp"
#include "sip/writer.hpp"

namespace strowger::sip {
namespace {

rc::Gen<std::string> text_of_set(std::string_view set, std::size_t least) {
  const std::vector<char> letters(set.begin(), set.end());
  return rc::gen::suchThat(rc::gen::container<std::string>(rc::gen::elementOf(letters)),
                           [least](const std::string& text) { return text.size() >= least; });
}
rc::Gen<std::string> token() {
  return text_of_set("abcXYZ019-.!%*_+`'~", 1);
}
rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(
      rc::gen::map(rc::gen::inRange(0, 256), [](int octet) { return static_cast<char>(octet); }));
}
rc::Gen<std::string> printable() {
  return text_of_set("abc \t,;<>\"\\@:=/\xC3\xB6", 0);
}

struct Header {
  std::string name;
  std::string value;
};

std::string write(const std::vector<Header>& headers, const std::string& body) {
  std::array<core::Octet, max_message_octets> room;
  MessageWriter out(room);
  out.request_line(Method::message, "sip:a@example.com");
  for (const Header& header : headers) {
    out.header(header.name, header.value);
  }
  const auto octets = out.finish("text/plain", body);
  RC_ASSERT(octets.has_value());
  return std::string(core::text_of(*octets));
}

RC_GTEST_PROP(WriterAndParser, agree_on_headers_and_body, ()) {
  std::vector<Header> headers;
  const auto count = *rc::gen::inRange<std::size_t>(0, 40);
  headers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    headers.push_back({"X-" + *token(), *printable()});
  }
  const std::string body = *any_text();
  const std::string written = write(headers, body);
  Message message;
  RC_ASSERT(parse_message(core::octets_of(written), message).has_value());
  RC_ASSERT(!message.defect());
  RC_ASSERT(message.field_count() == headers.size() + (body.empty() ? 1 : 2));
  for (std::size_t i = 0; i < headers.size(); ++i) {
    RC_ASSERT(message.field(i).raw_name == headers[i].name);
    RC_ASSERT(message.field(i).value == trim(headers[i].value));
  }
  RC_ASSERT(message.body_text() == body);
}

RC_GTEST_PROP(WriterAndParser, agree_on_addresses, ()) {
  const std::string display = *printable();
  const std::string user = *any_text();
  const std::string tag = *token();
  std::array<core::Octet, max_message_octets> room;
  MessageWriter out(room);
  out.status_line(200);
  out.begin(HeaderName::to).quoted_display(display).text("<").sip_uri(user, "example.com", 5070);
  out.text(">").param("tag", tag).end();
  const auto octets = out.finish();
  RC_ASSERT(octets.has_value());
  Message message;
  RC_ASSERT(parse_message(*octets, message).has_value());
  const auto to = message.to();
  RC_ASSERT(to.has_value());
  std::string space(2048, ' ');
  RC_ASSERT(unescape_quoted(to->display, space).value() == display);
  RC_ASSERT(to->tag == tag);
  const auto uri = to->parsed_uri();
  RC_ASSERT(uri.has_value());
  RC_ASSERT(decode_escapes(uri->user, space).value() == user);
  RC_ASSERT(uri->port == 5070);
}

RC_GTEST_PROP(MessageWriter, never_lets_a_value_make_a_line_of_its_own, ()) {
  const std::string name = *any_text();
  const std::string value = *any_text();
  std::array<core::Octet, 4096> room;
  MessageWriter out(room);
  out.status_line(200);
  out.header(name, value);
  const auto octets = out.finish();
  if (!octets) {
    return;
  }
  Message message;
  RC_ASSERT(parse_message(*octets, message).has_value());
  RC_ASSERT(message.field_count() == 2U);
  RC_ASSERT(message.field(0).raw_name == name);
}

/// All steps of a stream that comes in pieces of the sizes given.
std::vector<std::string> steps_of(const std::string& stream, const std::vector<std::size_t>& cuts) {
  std::vector<std::string> steps;
  StreamParser parser;
  Message message;
  std::string pending;
  std::size_t at = 0;
  std::size_t cut = 0;
  while (at < stream.size()) {
    const std::size_t size = cut < cuts.size() ? cuts[cut++] : stream.size();
    pending += stream.substr(at, size);
    at = std::min(stream.size(), at + size);
    while (true) {
      const auto step = parser.next(core::octets_of(pending), message);
      RC_ASSERT(step.has_value());
      if (step->kind == StreamStep::Kind::need_more) {
        break;
      }
      if (step->kind == StreamStep::Kind::message) {
        steps.emplace_back(core::text_of(message.octets()));
      }
      pending.erase(0, step->consumed);
    }
  }
  RC_ASSERT(trim(pending).empty());
  return steps;
}

RC_GTEST_PROP(StreamParser, gives_the_same_messages_however_the_stream_is_cut, ()) {
  std::vector<std::string> messages;
  std::string stream;
  const auto count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) {
    messages.push_back(write({{"X", *printable()}}, *any_text()));
    stream += *rc::gen::element<std::string>("", "\r\n", "\r\n\r\n") + messages.back();
  }
  const auto cuts =
      *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 40));
  RC_ASSERT(steps_of(stream, cuts) == messages);
  RC_ASSERT(steps_of(stream, std::vector<std::size_t>(stream.size(), 1)) == messages);
}

RC_GTEST_PROP(SdpWriterAndParser, agree, ()) {
  struct Attribute {
    std::string name;
    std::string value;
  };
  std::vector<Attribute> attributes;
  for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
    attributes.push_back({*token(), *printable()});
  }
  const auto port = *rc::gen::inRange<std::uint16_t>(0, 65'535);
  std::array<char, max_sdp_octets> room;
  SdpWriter out(room);
  out.session("-", 1, 2, "name", core::Address::ipv4(192, 0, 2, 1, 0));
  out.media("audio", port, "RTP/AVP", "8 0");
  for (const Attribute& attribute : attributes) {
    out.attribute(attribute.name, attribute.value);
  }
  const auto text = out.finish();
  RC_ASSERT(text.has_value());
  SessionDescription session;
  RC_ASSERT(parse_sdp(*text, session).has_value());
  RC_ASSERT(session.media(0).port == port);
  RC_ASSERT(session.attribute_count(0) == attributes.size());
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    RC_ASSERT(session.attribute(0, i).name == attributes[i].name);
    RC_ASSERT(session.attribute(0, i).value == attributes[i].value);
  }
}

}  // namespace
}  // namespace strowger::sip
