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

}  // namespace

CommandResult CallLayer::place(const Place& command) {
  Call* made = s_.transactions.crowded() ? nullptr : add_call();
  if (made == nullptr) {
    return core::fail(Refusal::too_many_calls);
  }
  Call& call = *made;
  const CallHandle handle = call.handle;
  call.state = Call::State::placing;
  call.outgoing_setup = std::make_unique<OutgoingSetup>();
  OutgoingSetup& setup = *call.outgoing_setup;
  setup.call_id = s_.random.hex_token(12);
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
  if (answer_challenge(call, index, response)) {
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

std::optional<DigestAnswer> CallLayer::credentials_for(const Call& call, const Message& response,
                                                       Method method, std::string_view uri) {
  const auto peer = s_.settings->peers.find(call.peer);
  const bool challenge = response.status() == 401 || response.status() == 407;
  if (!challenge || peer == s_.settings->peers.end() || peer->second.outgoing_user.empty()) {
    return std::nullopt;
  }
  return s_.digest_client.answer(response, method, uri, peer->second.outgoing_user,
                                 peer->second.outgoing_secret);
}

/// Clause 22.2: the same request again, with credentials. Once: a second challenge means that they
/// are wrong.
bool CallLayer::answer_challenge(Call& call, std::size_t index, const Message& response) {
  Branch& branch = call.outgoing_setup->branches.at(index);
  if (branch.authenticated) {
    return false;
  }
  auto credentials = credentials_for(call, response, Method::invite, branch.dialog.target);
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

}  // namespace strowger::sip
