// Where an outgoing call goes: the contacts of a peer, its fixed address, or a URI.
#include <array>

#include "sip/call_layer.hpp"
#include "sip/routing.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip {
namespace {

/// A display name in quotes and a space, as MessageWriter::quoted_display writes it.
std::string quoted(std::string_view display) {
  std::string text;
  for (const char c : display) {
    if (c == '"' || c == '\\') {
      text += '\\';
    }
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return text.empty() ? text : '"' + text + "\" ";
}

std::string host_and_port(const core::Address& address) {
  return address.port == default_port(Transport::udp)
             ? std::string(address.family == core::Address::Family::ipv6
                               ? "[" + std::string(address.host_text().view()) + "]"
                               : std::string(address.host_text().view()))
             : std::string(address.text().view());
}

/// What a peer is called by: its own URI where nothing is asked for, the URI that is, or the user
/// that is at the peer's address.
std::optional<std::string> uri_at(std::string_view wanted, std::string_view own) {
  if (wanted.empty()) {
    return std::string(own);
  }
  const auto whole = parse_uri(wanted);
  if (whole && whole->is_sip()) {
    return std::string(wanted);
  }
  const auto base = parse_uri(own);
  std::array<char, 512> room{};
  const auto user = encode_user(wanted, room);
  if (!base || !user) {
    return std::nullopt;
  }
  const auto host = base->text.find(base->has_user ? '@' : ':');
  return std::string(base->scheme_text) + ":" + std::string(*user) + "@" +
         std::string(base->text.substr(host + 1));
}

/// A binding behind a connection that is gone is reached by its Contact, if at all.
Flow reach(const Binding& binding, const Settings& settings, const FlowTable& flows) {
  const Flow flow = flows.best(binding.flow);
  const auto uri = parse_uri(binding.contact());
  if (!is_stream(flow.transport) || flows.is_open(flow) || !uri) {
    return flow;
  }
  return flow_of(settings, *uri, flow.transport).value_or(flow);
}

}  // namespace

std::optional<Refusal> CallLayer::add_peer_targets(Call& call, const Place& command) {
  const auto found = s_.settings->peers.find(std::string(command.peer));
  if (found == s_.settings->peers.end()) {
    return Refusal::unknown_peer;
  }
  const PeerSettings& peer = found->second;
  if (peer.host) {
    Flow flow{peer.transport, 0, 0, *peer.host};
    flow.remote.port = flow.remote.port == 0 ? default_port(flow.transport) : flow.remote.port;
    const auto listener = listener_for(*s_.settings, flow.transport, flow.remote.family);
    if (!listener) {
      return Refusal::bad_uri;
    }
    flow.listener = *listener;
    const auto uri = uri_at(command.uri, "sip:" + host_and_port(flow.remote));
    if (!uri) {
      return Refusal::bad_uri;
    }
    add_branch(call, *uri, flow, {});
    return std::nullopt;
  }
  for (const auto& binding : registrar_.bindings(command.peer)) {
    const auto uri = uri_at(command.uri, binding.contact());
    if (!uri) {
      return Refusal::bad_uri;
    }
    add_branch(call, *uri, reach(binding, *s_.settings, s_.flows), binding.path());
  }
  return call.outgoing_setup->branches.empty() ? std::optional(Refusal::not_registered)
                                               : std::nullopt;
}

std::optional<Refusal> CallLayer::add_uri_target(Call& call, std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri || !uri->is_sip() || s_.settings->listeners.empty()) {
    return Refusal::bad_uri;
  }
  if (!uri->address()) {
    call.outgoing_setup->unresolved.emplace_back(text);
    return std::nullopt;
  }
  const auto flow = flow_of(*s_.settings, *uri, Transport::udp);
  if (!flow) {
    return Refusal::bad_uri;
  }
  add_branch(call, text, *flow, {});
  return std::nullopt;
}

Branch& CallLayer::add_branch(Call& call, std::string_view uri, const Flow& flow,
                              std::string_view path) {
  OutgoingSetup& setup = *call.outgoing_setup;
  Branch& branch = setup.branches.emplace_back();
  Dialog& dialog = branch.dialog;
  dialog.call_id = setup.call_id;
  dialog.local_tag = tag_of(call.handle, s_.random.u32());
  std::array<char, 512> room{};
  const auto user = encode_user(setup.from_user, room).value_or("");
  dialog.local = quoted(setup.from_display) + "<sip:";
  dialog.local.append(user.empty() ? "anonymous" : user).append("@");
  dialog.local.append(host_and_port(public_address(*s_.settings, flow))).append(">;tag=");
  dialog.local.append(dialog.local_tag);
  dialog.remote = "<" + std::string(uri) + ">";
  dialog.target = uri;
  for (std::string_view rest = path; !rest.empty();) {
    dialog.routes.emplace_back(next_element(rest));
  }
  const auto peer = s_.settings->peers.find(call.peer);
  dialog.follow_source = peer != s_.settings->peers.end() && peer->second.nat_force_rport;
  dialog.flow = flow;
  return branch;
}

}  // namespace strowger::sip
