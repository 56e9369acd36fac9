// Outgoing calls: targets, the INVITE of each, and what comes of them (RFC 3261
// clauses 13.2, 16.7).
#include <algorithm>
#include <array>

#include "sip/call_layer.hpp"
#include "sip/routing.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip {
namespace {

// The answers that one call may be waiting for at once.
constexpr std::size_t most_branches = 32;

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

}  // namespace

CommandResult CallLayer::place(const Place& command) {
  auto made = std::make_unique<Call>();
  Call& call = *made;
  call.handle = calls_.size() < s_.settings->max_calls ? calls_.add(std::move(made)) : CallHandle{};
  if (!call.handle.valid()) {
    return core::fail(Refusal::too_many_calls);
  }
  const CallHandle handle = call.handle;
  call.state = Call::State::placing;
  call.outgoing_setup = std::make_unique<OutgoingSetup>();
  OutgoingSetup& setup = *call.outgoing_setup;
  setup.sdp = command.sdp;
  setup.from_user = command.from_user;
  setup.from_display = command.from_display;
  call.peer = command.peer;
  for (const auto& header : command.headers) {
    setup.headers.emplace_back(header.name, header.value);
  }
  const auto refusal =
      command.peer.empty() ? add_uri_target(call, command.uri) : add_peer_targets(call, command);
  if (refusal) {
    calls_.remove(handle);
    return core::fail(*refusal);
  }
  for (std::size_t i = 0; i < setup.branches.size(); ++i) {
    if (!start_branch(call, i)) {
      cancel_branches(call, 0, false);
      calls_.remove(handle);
      return core::fail(Refusal::too_long);
    }
  }
  s_.out.count(Count::calls_placed);
  start_timer(call, CallTimer::ring_limit, setup.limit, s_.settings->timers.c);
  resolve_next(call);
  return handle;
}

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
    const std::string usual = "sip:" + host_and_port(flow.remote);
    const std::string_view uri = command.uri.empty() ? std::string_view(usual) : command.uri;
    if (!parse_uri(uri)) {
      return Refusal::bad_uri;
    }
    add_branch(call, uri, flow, {});
    return std::nullopt;
  }
  for (const auto& binding : registrar_.bindings(command.peer)) {
    const std::string_view uri = command.uri.empty() ? binding.contact() : command.uri;
    add_branch(call, uri, s_.flows.best(binding.flow), binding.path());
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
  dialog.call_id = s_.random.hex_token(12);
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

/// Asks for the targets of the next URI whose host is a name.
void CallLayer::resolve_next(Call& call) {
  const auto& unresolved = call.outgoing_setup->unresolved;
  if (unresolved.empty()) {
    return;
  }
  const auto uri = parse_uri(unresolved.front()).value_or(Uri{});
  s_.out.push(Resolve{.tag = call.handle.bits(),
                      .host = s_.out.keep(uri.host),
                      .port = uri.port,
                      .transport = transport_asked(uri),
                      .secure = uri.scheme == Uri::Scheme::sips});
}

void CallLayer::on_resolved(const Resolved& resolved) {
  Call* call = calls_.find(CallHandle::from_bits(resolved.tag));
  if (call == nullptr || call->outgoing_setup == nullptr ||
      call->outgoing_setup->unresolved.empty()) {
    return;
  }
  OutgoingSetup& setup = *call->outgoing_setup;
  const std::string uri = setup.unresolved.front();
  setup.unresolved.erase(setup.unresolved.begin());
  if (resolved.targets.empty()) {
    Branch& branch = add_branch(*call, uri, {}, {});
    branch.status = 503;
    branch.phrase = "no address for that host";
    resolve_next(*call);
    branch_failed(*call, setup.branches.size() - 1);
    return;
  }
  Branch& branch = add_branch(*call, uri, resolved.targets.front(), {});
  branch.alternatives.assign(resolved.targets.begin() + 1, resolved.targets.end());
  resolve_next(*call);
  if (!start_branch(*call, setup.branches.size() - 1)) {
    branch_failed(*call, setup.branches.size() - 1);
  }
}

bool CallLayer::start_branch(Call& call, std::size_t index) {
  const OutgoingSetup& setup = *call.outgoing_setup;
  Branch& branch = call.outgoing_setup->branches[index];
  branch.failed = false;
  branch.status = 503;
  const TransactionHandle transaction = s_.transactions.make_client(
      Method::invite,
      {TransactionOwner::Kind::invite, static_cast<std::uint8_t>(index), call.handle});
  if (!transaction.valid()) {
    s_.out.count(Count::calls_refused_limit);
    return false;
  }
  std::vector<ExtraHeader> headers;
  for (const auto& [name, value] : setup.headers) {
    headers.push_back({name, value});
  }
  Dialog& dialog = branch.dialog;
  const DialogRoute route = route_of(dialog);
  RequestParts parts;
  parts.uri = route.uri;
  parts.routes = route.routes;
  parts.branch = s_.transactions.branch(transaction);
  parts.from = dialog.local;
  parts.to = dialog.remote;
  parts.call_id = dialog.call_id;
  parts.cseq = ++dialog.local_cseq;
  parts.contact = true;
  parts.allow = true;
  parts.authorization = {branch.authorization_name, branch.authorization};
  parts.headers = headers;
  parts.content_type = "application/sdp";
  parts.body = setup.sdp;
  auto octets = s_.composer.request(Method::invite, dialog.flow, parts);
  const auto tcp = listener_for(*s_.settings, Transport::tcp, dialog.flow.remote.family);
  if (dialog.flow.transport == Transport::udp && !branch.moved_to_tcp && tcp &&
      octets.size() > s_.settings->udp_limit_octets) {
    s_.out.count(Count::requests_moved_to_tcp);
    branch.moved_to_tcp = true;
    const Flow datagrams = dialog.flow;
    branch.alternatives.insert(branch.alternatives.begin(), datagrams);
    dialog.flow.transport = Transport::tcp;
    dialog.flow.listener = *tcp;
    octets = s_.composer.request(Method::invite, dialog.flow, parts);
  }
  if (octets.empty()) {
    s_.out.note(dialog.flow, "our INVITE would break a rule of SIP: not sent", "RFC 3261 7.3");
    s_.transactions.drop(transaction);
    return false;
  }
  branch.invite = transaction;
  s_.transactions.start(transaction, octets, dialog.flow);
  return true;
}

void CallLayer::branch_response(Call& call, std::size_t index, const Message& response,
                                const Flow& flow) {
  Branch& branch = call.outgoing_setup->branches.at(index);
  const std::uint16_t status = response.status();
  if (status < 200) {
    start_timer(call, CallTimer::ring_limit, call.outgoing_setup->limit, s_.settings->timers.c);
    if (status > 100) {
      s_.out.push(
          CallProgress{call.handle, status, sdp_of(response), s_.out.keep(contact_of(response))});
    }
    return;
  }
  if (status < 300) {
    branch_answered(call, branch, response, flow);
    return;
  }
  if ((status == 401 || status == 407) && answer_challenge(call, index, response)) {
    return;
  }
  branch.status = status;
  branch.q850 = q850_of(response);
  branch.phrase = response.reason_phrase();
  if (status < 400) {
    for (const auto& element : response.elements(HeaderName::contact)) {
      const auto contact = parse_name_addr(element);
      branch.redirects.emplace_back(contact ? contact->uri : std::string_view{});
    }
  }
  branch_failed(call, index);
}

void CallLayer::branch_answered(Call& call, Branch& branch, const Message& response,
                                const Flow& flow) {
  const TransactionHandle invite = branch.invite;
  call.dialog = std::move(branch.dialog);
  complete_dialog(call.dialog, response);
  call.dialog.flow = flow;
  call.state = Call::State::established;
  s_.out.count(Count::calls_answered);
  acknowledge(call.dialog, invite, response);
  branch.invite = {};
  cancel_branches(call, 0, true);
  call.outgoing_setup.reset();
  s_.out.push(CallAnswered{call.handle, sdp_of(response)});
}

bool CallLayer::answer_challenge(Call& call, std::size_t index, const Message& response) {
  Branch& branch = call.outgoing_setup->branches.at(index);
  const auto peer = s_.settings->peers.find(call.peer);
  if (branch.authenticated || peer == s_.settings->peers.end() ||
      peer->second.outgoing_user.empty()) {
    return false;
  }
  auto credentials =
      s_.digest_client.answer(response, Method::invite, branch.dialog.target,
                              peer->second.outgoing_user, peer->second.outgoing_secret);
  if (!credentials) {
    return false;
  }
  branch.authenticated = true;
  branch.authorization_name = credentials->header;
  branch.authorization = std::move(credentials->value);
  return start_branch(call, index);
}

void CallLayer::branch_failed(Call& call, std::size_t index) {
  OutgoingSetup& setup = *call.outgoing_setup;
  if (try_again(call, index)) {
    return;
  }
  Branch& failed = setup.branches.at(index);
  failed.failed = true;
  if (failed.status >= 600) {
    cancel_branches(call, 0, false);  // clause 16.7 step 5
    give_up(call, failed);
    return;
  }
  const bool all = std::all_of(setup.branches.begin(), setup.branches.end(),
                               [](const Branch& branch) { return branch.failed; });
  if (!all || !setup.unresolved.empty() || follow_redirects(call)) {
    return;
  }
  // Clause 16.7 step 6: the lowest class, and within it what tells the caller most.
  const auto rank = [](const Branch& branch) {
    const bool vague = branch.status == 408 || branch.status == 503;
    return branch.status / 100 * 10 + (vague ? 5 : 0);
  };
  give_up(call,
          *std::min_element(setup.branches.begin(), setup.branches.end(),
                            [&](const Branch& a, const Branch& b) { return rank(a) < rank(b); }));
}

/// The next address of the same target, where this one gave nothing (RFC 3263 clause 4.3), or UDP
/// where TCP was tried for the length alone (RFC 3261 clause 18.1.1).
bool CallLayer::try_again(Call& call, std::size_t index) {
  Branch& branch = call.outgoing_setup->branches.at(index);
  while ((branch.status == 503 || branch.status == 408) && !branch.alternatives.empty()) {
    branch.dialog.flow = branch.alternatives.front();
    branch.alternatives.erase(branch.alternatives.begin());
    if (start_branch(call, index)) {
      return true;
    }
  }
  return false;
}

/// Clause 8.1.3.4: the contacts of 3xx become targets.
bool CallLayer::follow_redirects(Call& call) {
  OutgoingSetup& setup = *call.outgoing_setup;
  std::vector<std::string> contacts;
  for (auto& branch : setup.branches) {
    contacts.insert(contacts.end(), branch.redirects.begin(), branch.redirects.end());
    branch.redirects.clear();
  }
  if (contacts.empty() || setup.hops >= s_.settings->max_redirects) {
    return false;
  }
  ++setup.hops;
  bool started = false;
  for (const auto& contact : contacts) {
    const std::size_t before = setup.branches.size();
    if (before >= most_branches || add_uri_target(call, contact)) {
      continue;
    }
    const bool numeric = setup.branches.size() > before;
    started = (numeric ? start_branch(call, before) : true) || started;
    if (numeric && !started) {
      setup.branches.back().failed = true;
    }
  }
  resolve_next(call);
  return started;
}

void CallLayer::give_up(Call& call, const Branch& best) {
  const std::uint16_t status = best.status;
  const std::uint8_t q850 = best.q850;
  const std::string phrase = best.phrase;
  s_.timers.stop(call.outgoing_setup->limit);
  call.outgoing_setup.reset();
  end(call, status, q850, false, phrase);
}

/// Clause 16.10, clause 9.1: CANCEL to all that have answered provisionally; those that have not
/// get it when they do.
void CallLayer::cancel_branches(Call& call, std::uint8_t q850, bool elsewhere) {
  OutgoingSetup& setup = *call.outgoing_setup;
  s_.timers.stop(setup.limit);
  // RFC 3326 clause 2: the phone need not list the call as missed.
  const std::string reason =
      elsewhere ? "SIP;cause=200;text=\"Call completed elsewhere\"" : reason_value(q850);
  for (const auto& branch : setup.branches) {
    if (!branch.failed) {
      s_.transactions.cancel(branch.invite, reason);
    }
  }
}

void CallLayer::ring_timer(Call& call) {
  if (call.outgoing_setup == nullptr) {
    return;
  }
  cancel_branches(call, 102, false);
  call.outgoing_setup.reset();
  end(call, 408, 102, false, "no final response (timer C)");
}

/// A response to an INVITE that nobody waits for any more: the call was answered elsewhere or given
/// up. A late ringing gets its CANCEL, a late 2xx its ACK and BYE (clause 13.2.2.4).
void CallLayer::unwanted_response(TransactionHandle transaction, const Message& response,
                                  const Flow& flow) {
  if (response.status() < 200) {
    s_.transactions.cancel(transaction, {});
    return;
  }
  if (response.status() >= 300) {
    return;
  }
  s_.out.count(Count::forked_answers_released);
  Dialog dialog;
  const auto from = response.from();
  dialog.call_id = response.call_id();
  dialog.local = unfolded(response.value(HeaderName::from).value_or(""));
  dialog.local_tag = from ? from->tag : std::string_view{};
  dialog.local_cseq = response.cseq().value_or(CSeq{}).number;
  dialog.flow = flow;
  complete_dialog(dialog, response);
  acknowledge(dialog, transaction, response);

  const TransactionHandle bye = s_.transactions.make_client(Method::bye, {});
  const DialogRoute route = route_of(dialog);
  const Flow hop = next_hop(dialog, *s_.settings);
  RequestParts parts;
  parts.uri = route.uri;
  parts.routes = route.routes;
  parts.branch = s_.transactions.branch(bye);
  parts.from = dialog.local;
  parts.to = dialog.remote;
  parts.call_id = dialog.call_id;
  parts.cseq = ++dialog.local_cseq;
  s_.transactions.start(bye, s_.composer.request(Method::bye, hop, parts), hop);
}

}  // namespace strowger::sip
