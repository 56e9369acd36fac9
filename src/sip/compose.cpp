#include "sip/compose.hpp"

#include "sip/flow_table.hpp"
#include "sip/parse.hpp"
#include "sip/routing.hpp"

namespace strowger::sip {

Composer::Composer() : room_(max_message_octets) {}

std::string_view Composer::response(const Message& request, std::uint16_t status, const Flow& flow,
                                    const ResponseParts& parts) {
  MessageWriter writer(room_);
  writer.status_line(status, parts.phrase);
  write_vias(writer, request, flow);
  if (parts.record_route) {
    writer.copy(request, HeaderName::record_route);
  }
  writer.copy(request, HeaderName::from);
  const auto to = request.to();
  if (parts.to_tag.empty() || !to || !to->tag.empty()) {
    writer.copy(request, HeaderName::to);
  } else {
    const auto value = request.value(HeaderName::to).value_or("");
    writer.begin(HeaderName::to).copied(value).param("tag", parts.to_tag).end();
  }
  writer.copy(request, HeaderName::call_id);
  writer.copy(request, HeaderName::cseq);
  if (status == 100) {
    writer.copy(request, HeaderName::timestamp);
  }
  if (parts.contact) {
    write_contact(writer, flow);
  }
  if (parts.allow) {
    writer.header(HeaderName::allow, allowed_methods);
    writer.header(HeaderName::supported, supported_extensions);
  }
  for (const auto& header : parts.headers) {
    writer.header(header.name, header.value);
  }
  if (!settings_->user_agent.empty()) {
    writer.header(HeaderName::server, settings_->user_agent);
  }
  return finish(writer, parts.content_type, parts.body);
}

std::string_view Composer::request(Method method, const Flow& flow, const RequestParts& parts) {
  MessageWriter writer(room_);
  writer.request_line(method, parts.uri);
  writer.via({.transport = via_name(flow.transport),
              .sent_by = public_address(*settings_, flow),
              .host = {},
              .branch = parts.branch});
  for (const auto& route : parts.routes) {
    writer.header(HeaderName::route, route);
  }
  writer.header(HeaderName::max_forwards, 70U);
  writer.header(HeaderName::from, parts.from);
  writer.header(HeaderName::to, parts.to);
  writer.header(HeaderName::call_id, parts.call_id);
  writer.cseq(parts.cseq, to_string(method));
  if (parts.contact) {
    write_contact(writer, flow);
  }
  if (!parts.authorization.name.empty()) {
    writer.header(parts.authorization.name, parts.authorization.value);
  }
  if (parts.allow) {
    writer.header(HeaderName::allow, allowed_methods);
    writer.header(HeaderName::supported, supported_extensions);
  }
  for (const auto& header : parts.headers) {
    writer.header(header.name, header.value);
  }
  if (!settings_->user_agent.empty()) {
    writer.header(HeaderName::user_agent, settings_->user_agent);
  }
  return finish(writer, parts.content_type, parts.body);
}

std::string_view Composer::ack_of_failure(std::string_view invite, const Message& response) {
  Message request;
  if (!parse_message(core::octets_of(invite), request)) {
    return {};
  }
  MessageWriter writer(room_);
  writer.request_line(Method::ack, request.request_uri());
  writer.copy(request, HeaderName::via);
  writer.copy(request, HeaderName::route);
  writer.header(HeaderName::max_forwards, 70U);
  writer.copy(request, HeaderName::from);
  writer.copy(response, HeaderName::to);
  writer.copy(request, HeaderName::call_id);
  writer.cseq(request.cseq().value_or(CSeq{}).number, to_string(Method::ack));
  return finish(writer, {}, {});
}

std::string_view Composer::cancel(std::string_view invite, std::string_view reason) {
  Message request;
  if (!parse_message(core::octets_of(invite), request)) {
    return {};
  }
  MessageWriter writer(room_);
  writer.request_line(Method::cancel, request.request_uri());
  writer.copy(request, HeaderName::via);
  writer.copy(request, HeaderName::route);
  writer.header(HeaderName::max_forwards, 70U);
  writer.copy(request, HeaderName::from);
  writer.copy(request, HeaderName::to);
  writer.copy(request, HeaderName::call_id);
  writer.cseq(request.cseq().value_or(CSeq{}).number, to_string(Method::cancel));
  if (!reason.empty()) {
    writer.header(HeaderName::reason, reason);
  }
  return finish(writer, {}, {});
}

void Composer::write_vias(MessageWriter& writer, const Message& request, const Flow& flow) const {
  bool first = request.top_via().has_value();  // a malformed one goes back as it came
  for (const auto& element : request.elements(HeaderName::via)) {
    if (first) {
      write_first_via(writer, request, flow);
      first = false;
    } else {
      writer.begin(HeaderName::via).copied(element).end();
    }
  }
}

void Composer::write_first_via(MessageWriter& writer, const Message& request,
                               const Flow& flow) const {
  const auto via = request.top_via();
  if (!via) {
    return;
  }
  const auto source = flow.remote.host_text();
  writer.begin(HeaderName::via).text("SIP/2.0/").text(via->transport).text(" ");
  writer.text(via->host_is_ipv6 ? "[" : "").text(via->host).text(via->host_is_ipv6 ? "]" : "");
  if (via->port != 0) {
    writer.text(":").number(via->port);
  }
  for (const auto& param : via->params) {
    if (same_text(param.name, "rport")) {
      writer.param("rport", std::uint64_t{flow.remote.port});
    } else if (!same_text(param.name, "received")) {
      // As it stands: names that are no tokens were let through, and the peer compares.
      writer.text(";").text(param.name).text(param.has_value ? "=" : "").text(param.value);
    }
  }
  if (via->has_rport || via->host != source.view()) {
    writer.param("received", source.view());
  }
  writer.end();
}

void Composer::write_contact(MessageWriter& writer, const Flow& flow) const {
  writer.begin(HeaderName::contact).text("<");
  const bool secure = flow.transport == Transport::tls || flow.transport == Transport::wss;
  writer.sip_uri({}, public_address(*settings_, flow));
  if (flow.transport == Transport::tcp || flow.transport == Transport::ws) {
    writer.text(flow.transport == Transport::tcp ? ";transport=tcp" : ";transport=ws");
  } else if (secure) {
    writer.text(flow.transport == Transport::tls ? ";transport=tls" : ";transport=wss");
  }
  writer.text(">").end();
}

std::string_view Composer::finish(MessageWriter& writer, std::string_view content_type,
                                  std::string_view body) {
  const auto octets = writer.finish(content_type, body);
  return octets ? core::text_of(*octets) : std::string_view{};
}

std::string unfolded(std::string_view value) {
  std::string room(value.size(), ' ');
  const auto text = unfold(value, room);
  return std::string(text.value_or(""));
}

}  // namespace strowger::sip
