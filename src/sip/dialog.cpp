#include "sip/dialog.hpp"

#include <algorithm>

#include "sip/compose.hpp"
#include "sip/flow_table.hpp"
#include "sip/routing.hpp"

namespace strowger::sip {
namespace {

std::vector<std::string> routes_of(const Message& message) {
  std::vector<std::string> routes;
  for (const auto& element : message.elements(HeaderName::record_route)) {
    routes.push_back(unfolded(element));
  }
  return routes;
}

bool is_loose(const std::string& route) {
  const auto address = parse_name_addr(route);
  const auto uri = address ? address->parsed_uri() : core::Result<Uri, UriError>(Uri{});
  return uri && uri->params.has("lr");
}

std::string_view uri_of(const std::string& route) {
  const auto address = parse_name_addr(route);
  return address ? address->uri : std::string_view{};
}

}  // namespace

std::string contact_of(const Message& message) {
  const auto contact = message.first_name_addr(HeaderName::contact);
  const auto uri = contact ? contact->parsed_uri() : core::Result<Uri, UriError>(Uri{});
  return uri && uri->is_sip() ? std::string(contact->uri) : std::string{};
}

Dialog dialog_of_request(const Message& invite, const Flow& flow, std::string_view local_tag) {
  Dialog dialog;
  const auto from = invite.from();
  dialog.call_id = invite.call_id();
  dialog.local = unfolded(invite.value(HeaderName::to).value_or(""));
  dialog.local.append(";tag=").append(local_tag);
  dialog.remote = unfolded(invite.value(HeaderName::from).value_or(""));
  dialog.local_tag = local_tag;
  dialog.remote_tag = from ? from->tag : std::string_view{};
  dialog.target = contact_of(invite);
  if (dialog.target.empty() && from) {
    dialog.target = from->uri;  // clause 8.1.1.8 asks for a Contact; the caller is there at least
  }
  dialog.routes = routes_of(invite);
  dialog.remote_cseq = invite.cseq().value_or(CSeq{}).number;
  dialog.flow = flow;
  return dialog;
}

void complete_dialog(Dialog& dialog, const Message& response) {
  const auto to = response.to();
  dialog.remote = unfolded(response.value(HeaderName::to).value_or(""));
  dialog.remote_tag = to ? to->tag : std::string_view{};
  refresh_target(dialog, response);
  dialog.routes = routes_of(response);
  std::reverse(dialog.routes.begin(), dialog.routes.end());
}

void refresh_target(Dialog& dialog, const Message& message) {
  auto contact = contact_of(message);
  if (!contact.empty()) {
    dialog.target = std::move(contact);
  }
}

DialogRoute route_of(const Dialog& dialog) {
  if (dialog.routes.empty() || is_loose(dialog.routes.front())) {
    return {dialog.target, dialog.routes};
  }
  DialogRoute route{std::string(uri_of(dialog.routes.front())),
                    {dialog.routes.begin() + 1, dialog.routes.end()}};
  route.routes.push_back("<" + dialog.target + ">");
  return route;
}

Flow next_hop(const Dialog& dialog, const Settings& settings, const FlowTable& flows) {
  const bool reachable = !is_stream(dialog.flow.transport) || flows.is_open(dialog.flow);
  if (dialog.routes.empty() && dialog.follow_source && reachable) {
    return dialog.flow;
  }
  const auto uri = parse_uri(dialog.routes.empty() ? std::string_view(dialog.target)
                                                   : uri_of(dialog.routes.front()));
  const auto flow = uri ? flow_of(settings, *uri, dialog.flow.transport) : std::nullopt;
  const bool same_way =
      flow && is_stream(flow->transport) && reachable && flow->transport == dialog.flow.transport;
  return flow && !same_way ? *flow : dialog.flow;
}

}  // namespace strowger::sip
