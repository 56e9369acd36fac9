// Requests (RFC 3261 clause 8.2), and those outside of dialogs one by one.
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "sip/engine_core.hpp"
#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"
#include "sip/routing.hpp"
#include "sip/transaction_keys.hpp"

namespace strowger::sip {
namespace {

/// User part of the URI of From or To, without escapes.
std::string user_of(const Parsed<NameAddr>& address) {
  const auto uri = address ? address->parsed_uri() : core::Result<Uri, UriError>(Uri{});
  if (!uri) {
    return {};
  }
  std::array<char, 256> room{};
  return std::string(decode_escapes(uri->user, room).value_or(""));
}

}  // namespace

void Engine::Core::receive_request(const Message& message, const Flow& source) {
  const Verdict verdict = validate(message);
  const auto via = message.top_via();
  if (!verdict.accepted()) {
    s_.out.count(Count::requests_invalid);
    s_.out.note(source, to_string(verdict.error.code), verdict.error.clause(),
                verdict.error.offset);
    if (verdict.kind == Verdict::Kind::respond) {
      const Flow back = via ? response_flow(*via, source, s_.settings->force_rport) : source;
      answer(s_, {message, source, back, {}}, verdict.status, {.phrase = verdict.phrase});
    }
    return;
  }
  const Method method = message.method();
  if (method == Method::ack) {
    receive_ack(message, *via, source);
    return;
  }
  const auto known = s_.transactions.find_server(message, *via, method);
  if (known.valid()) {
    s_.transactions.receive(known, message, source);
    return;
  }
  const Flow back = response_flow(*via, source, s_.settings->force_rport);
  Request request{message, source, back, {}};
  const auto to = message.to();
  const bool in_dialog = to && !to->tag.empty();
  if (!in_dialog && method != Method::cancel && s_.transactions.is_merged(message)) {
    s_.out.count(Count::merged_requests);
    answer(s_, request, 482);
    return;
  }
  if (in_dialog || method == Method::cancel || !s_.transactions.crowded()) {
    request.transaction = s_.transactions.make_server(message, *via, back);
  }
  if (!request.transaction.valid()) {
    s_.out.count(Count::calls_refused_limit);
    const std::array<ExtraHeader, 1> wait{{{"Retry-After", "5"}}};
    answer(s_, request, 503, {.headers = wait});
    return;
  }
  if (method == Method::cancel) {
    receive_cancel(request, *via);
  } else if (!extensions_supported(request)) {
    return;
  } else if (!in_dialog) {
    receive_new(request);
  } else if (!calls_.receive_in_dialog(request)) {
    s_.out.count(Count::dialogs_unknown);
    answer(s_, request, 481);
  }
}

void Engine::Core::receive_ack(const Message& ack, const Via& via, const Flow& source) {
  const auto invite = s_.transactions.find_server(ack, via, Method::invite);
  if (invite.valid()) {
    s_.transactions.receive(invite, ack, source);
  } else {
    calls_.receive_ack(ack);
  }
}

void Engine::Core::receive_cancel(const Request& request, const Via& via) {
  const auto invite = s_.transactions.find_server(request.message, via, Method::invite);
  if (!invite.valid()) {
    s_.out.count(Count::dialogs_unknown);
    answer(s_, request, 481);
    return;
  }
  answer(s_, request, 200);
  calls_.receive_cancel(invite, request.message);
}

/// Clause 8.2.2.3.
bool Engine::Core::extensions_supported(const Request& request) {
  std::string unsupported;
  for (const auto& option : request.message.elements(HeaderName::require)) {
    if (!same_text(option, supported_extensions)) {
      unsupported += unsupported.empty() ? "" : ", ";
      unsupported += option;
    }
  }
  if (unsupported.empty()) {
    return true;
  }
  s_.out.count(Count::extensions_refused);
  const std::array<ExtraHeader, 1> headers{{{"Unsupported", unsupported}}};
  answer(s_, request, 420, {.headers = headers});
  return false;
}

void Engine::Core::receive_new(const Request& request) {
  const Message& message = request.message;
  const auto hops = message.max_forwards();
  const Method method = message.method();
  if (method != Method::options && method != Method::register_ && hops && *hops == 0) {
    s_.out.count(Count::hops_exhausted);
    answer(s_, request, 483);
    return;
  }
  if (is_loop(message)) {
    s_.out.count(Count::loops_detected);
    answer(s_, request, 482);
    return;
  }
  switch (method) {
    case Method::invite:
      receive_invite(request);
      break;
    case Method::register_:
      receive_register(request);
      break;
    case Method::options:
      receive_options(request);
      break;
    case Method::bye:
    case Method::info:
    case Method::update:
      s_.out.count(Count::dialogs_unknown);
      answer(s_, request, 481);
      break;
    default:
      refuse_method(request);
      break;
  }
}

/// Clause 8.2.1, and RFC 6665 clause 7.1 for subscriptions.
void Engine::Core::refuse_method(const Request& request) {
  s_.out.count(Count::methods_refused);
  const Method method = request.message.method();
  const bool subscription = method == Method::subscribe || method == Method::publish;
  const std::uint16_t status = method == Method::extension ? 501 : subscription ? 489 : 405;
  answer(s_, request, status, {.allow = true});
}

/// A request of ours that came back unchanged (clause 16.3 step 4).
bool Engine::Core::is_loop(const Message& request) const {
  for (const auto& element : request.elements(HeaderName::via)) {
    const auto via = parse_via(element);
    const auto handle = via ? handle_of_branch(via->branch) : std::nullopt;
    const Transaction* ours = handle ? s_.transactions.find(*handle) : nullptr;
    Message sent;
    if (ours != nullptr && ours->key == via->branch && !ours->sent.empty() &&
        parse_message(core::octets_of(ours->sent), sent) &&
        sent.request_uri() == request.request_uri()) {
      return true;
    }
  }
  return false;
}

/// The peer that is known by its address. Where only the host was compared, a phone with a password
/// may share it: one that gives its own name is asked for that. A fixed peer never registers.
const PeerSettings* Engine::Core::fixed_peer(const Request& request) const {
  const PeerSettings* fixed = peer_at(request.source);
  if (fixed == nullptr || request.message.method() == Method::register_) {
    return nullptr;
  }
  const auto named = s_.settings->peers.find(user_of(request.message.from()));
  const bool is_a_phone =
      named != s_.settings->peers.end() && named->second.authenticate && !named->second.host;
  const bool by_host_alone = fixed->any_port || is_stream(request.source.transport);
  return is_a_phone && by_host_alone ? nullptr : fixed;
}

Engine::Core::Sender Engine::Core::authenticate(const Request& request) {
  const PeerSettings* fixed = fixed_peer(request);
  if (fixed != nullptr && !fixed->authenticate) {
    return {true, fixed};
  }
  const AuthResult result = digest_.check(request.message, request.source.listener, s_.out.now());
  if (result.accepted()) {
    s_.out.count(Count::authentication_accepted);
    return {true, result.peer};
  }
  if (result.outcome == AuthResult::Outcome::no_credentials && fixed == nullptr) {
    const auto named = s_.settings->peers.find(user_of(request.message.from()));
    if (named == s_.settings->peers.end()) {
      if (s_.settings->allow_guest && request.message.method() != Method::register_) {
        return {true, nullptr};
      }
    } else if (!named->second.authenticate && !named->second.host) {
      return {true, &named->second};
    }
  }
  challenge(request, result);
  return {};
}

/// 401 asks for credentials, or for them again where they were right but stale. What can't become
/// right by asking again, an unknown user or a wrong password, is 403, as Asterisk answers: some
/// phones take every new challenge for an invitation and try for ever.
void Engine::Core::challenge(const Request& request, const AuthResult& result) {
  using Outcome = AuthResult::Outcome;
  using Why = AuthenticationFailed::Why;
  const bool stale = result.outcome == Outcome::stale || result.outcome == Outcome::replayed;
  s_.out.count(Count::nonces_stale, result.outcome == Outcome::stale ? 1 : 0);
  s_.out.count(Count::nonces_replayed, result.outcome == Outcome::replayed ? 1 : 0);
  switch (result.outcome) {
    case Outcome::malformed:
      report_failure(request, Why::malformed, result.user);
      break;
    case Outcome::unknown_user:
      report_failure(request, Why::unknown_user, result.user);
      break;
    case Outcome::wrong_password:
      report_failure(request, Why::wrong_password, result.user);
      break;
    case Outcome::replayed:
      report_failure(request, Why::stale_nonce, result.user);
      break;
    default:
      break;
  }
  if (result.outcome == Outcome::unknown_user || result.outcome == Outcome::wrong_password) {
    answer(s_, request, 403);
    return;
  }
  s_.out.count(Count::challenges_sent);
  const auto values = digest_.challenges(request.source.listener, stale, s_.out.now());
  std::vector<ExtraHeader> headers;
  headers.reserve(values.size());
  for (const auto& value : values) {
    headers.push_back({"WWW-Authenticate", value});
  }
  answer(s_, request, 401, {.headers = headers});
}

void Engine::Core::report_failure(const Request& request, AuthenticationFailed::Why why,
                                  std::string_view user) {
  s_.out.count(Count::authentication_failed);
  s_.out.push(AuthenticationFailed{request.source, why, request.message.method_text(), user});
}

void Engine::Core::receive_invite(const Request& request) {
  const Sender sender = authenticate(request);
  if (!sender.admitted) {
    return;
  }
  if (sender.peer != nullptr && !sender.peer->may_call) {
    report_failure(request, AuthenticationFailed::Why::not_allowed, sender.peer->name);
    answer(s_, request, 403);
    return;
  }
  const Message& message = request.message;
  if (!message.body().empty() && sdp_of(message).empty()) {
    s_.out.count(Count::content_refused);
    const std::array<ExtraHeader, 1> accept{{{"Accept", "application/sdp"}}};
    answer(s_, request, 415, {.headers = accept});
    return;
  }
  calls_.receive_invite(request, sender.peer);
}

/// Clause 11.2. About us: anybody may ask. About a user: whoever may call him.
void Engine::Core::receive_options(const Request& request) {
  const auto uri = parse_uri(request.message.request_uri());
  if (uri && uri->has_user) {
    if (!authenticate(request).admitted) {
      return;
    }
    if (!s_.settings->peers.contains(std::string(uri->user))) {
      s_.out.count(Count::calls_refused_target);
      answer(s_, request, 404);
      return;
    }
  }
  const std::array<ExtraHeader, 1> accept{{{"Accept", "application/sdp"}}};
  answer(s_, request, 200, {.contact = true, .allow = true, .headers = accept});
}

void Engine::Core::receive_register(const Request& request) {
  const Sender sender = authenticate(request);
  if (!sender.admitted) {
    return;
  }
  const auto of = user_of(request.message.to());
  if (sender.peer == nullptr || !sender.peer->may_register || of != sender.peer->name) {
    report_failure(request, AuthenticationFailed::Why::not_allowed,
                   sender.peer == nullptr ? std::string_view{} : sender.peer->name);
    s_.out.count(Count::registrations_refused);
    answer(s_, request, 403);
    return;
  }
  answer_registration(request, *sender.peer);
}

void Engine::Core::answer_registration(const Request& request, const PeerSettings& peer) {
  Flow reached = request.source;
  const std::uint16_t status = registrar_.update(peer, *s_.settings, request.message, reached);
  if (status != 200) {
    s_.out.count(Count::registrations_refused);
    const std::string least = std::to_string(s_.settings->expiry_min.seconds());
    const std::array<ExtraHeader, 1> headers{{{"Min-Expires", least}}};
    const bool brief = status == 423;
    s_.out.count(Count::registrations_too_brief, brief ? 1 : 0);
    answer(s_, request, status,
           {.headers = std::span<const ExtraHeader>(headers).first(brief ? 1 : 0)});
    return;
  }
  s_.out.count(Count::registrations_accepted);
  std::vector<std::string> values;
  for (const auto& binding : registrar_.bindings(peer.name)) {
    const auto left = (binding.expires - s_.out.now() + core::milliseconds(999)).seconds();
    values.push_back("<" + std::string(binding.contact()) + ">;expires=" + std::to_string(left));
  }
  std::vector<ExtraHeader> headers;
  headers.reserve(values.size());
  for (const auto& value : values) {
    headers.push_back({"Contact", value});
  }
  std::vector<std::string> paths;
  for (const auto& element : request.message.elements(HeaderName::path)) {
    paths.push_back(unfolded(element));
  }
  for (const auto& path : paths) {
    headers.push_back({"Path", path});  // RFC 3327 clause 5.3
  }
  answer(s_, request, 200, {.allow = false, .headers = headers});
}

}  // namespace strowger::sip
