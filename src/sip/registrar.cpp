#include "sip/registrar.hpp"

#include <algorithm>
#include <utility>

#include "sip/compose.hpp"
#include "sip/flow_table.hpp"
#include "sip/routing.hpp"

namespace strowger::sip {
namespace {

bool same_contact(std::string_view a, std::string_view b) {
  const auto first = parse_uri(a);
  const auto second = parse_uri(b);
  return a == b || (first && second && same_uri(*first, *second));
}

/// The values of Path, as one list.
std::string path_of(const Message& request) {
  std::string path;
  for (const auto& element : request.elements(HeaderName::path)) {
    path += path.empty() ? "" : ", ";
    path += unfolded(element);
  }
  return path;
}

// No phone needs more, and all that is kept must be reported in one step.
constexpr std::size_t most_contact_octets = 512;
constexpr std::size_t most_path_octets = 1024;

bool is_web(Transport transport) {
  return transport == Transport::ws || transport == Transport::wss;
}

}  // namespace

Binding::Binding(std::string_view contact, std::string_view path, std::string_view call_id,
                 std::string_view user_agent) {
  constexpr std::size_t most = UINT16_MAX;
  text_.reserve(contact.size() + path.size() + call_id.size() + user_agent.size());
  text_.append(contact.substr(0, most));
  path_at_ = static_cast<std::uint16_t>(text_.size());
  text_.append(path.substr(0, most - text_.size()));
  call_id_at_ = static_cast<std::uint16_t>(text_.size());
  text_.append(call_id.substr(0, most - text_.size()));
  user_agent_at_ = static_cast<std::uint16_t>(text_.size());
  text_.append(user_agent.substr(0, std::min<std::size_t>(80, most - text_.size())));
}

Registrar::Registrar(Output& out, Timers& timers, crypto::Random& random, std::size_t max_peers)
    : out_(out),
      timers_(timers),
      table_(max_peers),
      by_peer_(16, KeyedHash{{random.u64(), random.u64()}}) {}

std::uint16_t Registrar::update(const PeerSettings& peer, const Settings& settings,
                                const Message& request, const Flow& source) {
  const bool all = request.contact_is_wildcard();
  Changes changes;
  if (all) {
    const auto expires = request.expires();
    if (!expires || *expires != 0) {
      return 400;
    }
  } else if (const auto status = read_contacts(request, settings, changes); status != 200) {
    return status;
  }
  if (path_of(request).size() > most_path_octets || request.call_id().size() > 256) {
    return 400;
  }
  if (!all && changes.empty()) {
    return 200;  // a query (clause 10.2.3)
  }
  const std::size_t adding = static_cast<std::size_t>(std::count_if(
      changes.begin(), changes.end(), [](const Change& change) { return change.expires_s != 0; }));
  const std::size_t most = std::clamp<std::size_t>(peer.max_contacts, 1, most_contacts);
  const RegistrationHandle known = find(peer.name);
  if (adding > most || (adding != 0 && !known.valid() && table_.full())) {
    return 403;
  }
  if (known.valid() && !in_order(*table_.find(known), changes, all, request)) {
    return 500;
  }
  if (!known.valid() && adding == 0) {
    return 200;
  }
  const RegistrationHandle handle = find_or_add(peer.name);
  Registration& registration = *table_.find(handle);
  while (all && !registration.bindings.empty()) {
    remove(registration, registration.bindings.size() - 1);
  }
  for (const auto& change : changes) {
    apply(registration, peer, settings, change, request, source);
  }
  make_room(registration, most);
  settle(handle);
  return 200;
}

std::uint16_t Registrar::read_contacts(const Message& request, const Settings& settings,
                                       Changes& changes) {
  const auto usual = static_cast<std::uint32_t>(settings.expiry_default.seconds());
  const auto least = static_cast<std::uint32_t>(settings.expiry_min.seconds());
  const auto most = static_cast<std::uint32_t>(settings.expiry_max.seconds());
  const std::uint32_t header = request.expires().value_or(usual);
  for (const auto& element : request.elements(HeaderName::contact)) {
    const auto contact = parse_name_addr(element);
    const auto q = contact ? contact->q_thousandths() : std::nullopt;
    if (!q || contact->uri.size() > most_contact_octets || contact->uri == "*" ||
        !contact->parsed_uri() || !contact->parsed_uri()->is_sip()) {
      return 400;
    }
    const std::uint32_t expires = contact->expires().value_or(header);
    if (expires != 0 && expires < least) {
      return 423;
    }
    if (!changes.push_back({contact->uri, std::min(expires, most), *q})) {
      return 403;
    }
  }
  return 200;
}

/// Clause 10.3 step 7: a binding made with the same Call-ID is changed by a higher CSeq only.
bool Registrar::in_order(const Registration& registration, const Changes& changes, bool all,
                         const Message& request) {
  const std::uint32_t number = request.cseq().value_or(CSeq{}).number;
  return std::none_of(
      registration.bindings.begin(), registration.bindings.end(), [&](const Binding& binding) {
        const bool meant = all || std::any_of(changes.begin(), changes.end(), [&](const Change& c) {
                             return same_contact(c.contact, binding.contact());
                           });
        return meant && binding.call_id() == request.call_id() && number <= binding.cseq;
      });
}

void Registrar::apply(Registration& registration, const PeerSettings& peer,
                      const Settings& settings, const Change& change, const Message& request,
                      const Flow& source) {
  const auto same = std::find_if(
      registration.bindings.begin(), registration.bindings.end(),
      [&](const Binding& binding) { return same_contact(change.contact, binding.contact()); });
  if (change.expires_s == 0) {
    if (same != registration.bindings.end()) {
      remove(registration, static_cast<std::size_t>(same - registration.bindings.begin()));
    }
    return;
  }
  Binding binding(change.contact, path_of(request), request.call_id(),
                  request.value(HeaderName::user_agent).value_or(""));
  binding.flow = source;
  const auto uri = parse_uri(change.contact);
  if (!peer.nat_force_rport && !is_stream(source.transport) && uri) {
    binding.flow = flow_of(settings, *uri, source.transport).value_or(source);
  }
  const core::Duration expires = core::seconds(change.expires_s);
  binding.expires = out_.now() + expires;
  binding.refreshed = out_.now();
  binding.cseq = request.cseq().value_or(CSeq{}).number;
  binding.q_thousandths = change.q_thousandths;
  report(registration.peer, binding, expires);
  if (same != registration.bindings.end()) {
    *same = std::move(binding);
  } else {
    out_.count(Count::bindings_added);
    registration.bindings.push_back(std::move(binding));
  }
}

void Registrar::restore(const RestoreBinding& kept) {
  // A contact behind a WebSocket ended with its connection.
  if (kept.expires_in <= core::Duration{} || is_web(kept.flow.transport) ||
      (!find(kept.peer).valid() && table_.full())) {
    return;
  }
  const RegistrationHandle handle = find_or_add(kept.peer);
  Registration& registration = *table_.find(handle);
  Binding binding(kept.contact, kept.path, kept.call_id, kept.user_agent);
  binding.flow = kept.flow;
  binding.flow.connection = 0;  // connections did not survive
  binding.cseq = kept.cseq;
  binding.expires = out_.now() + kept.expires_in;
  binding.refreshed = out_.now();
  registration.bindings.push_back(std::move(binding));
  make_room(registration, most_contacts);
  settle(handle);
}

std::span<const Binding> Registrar::bindings(std::string_view peer) const {
  const Registration* registration = table_.find(find(peer));
  return registration == nullptr ? std::span<const Binding>{} : registration->bindings;
}

void Registrar::on_timer(const TimerPayload& timer) {
  const RegistrationHandle handle{timer.slot, timer.generation};
  Registration* registration = table_.find(handle);
  if (registration == nullptr) {
    return;
  }
  for (std::size_t i = registration->bindings.size(); i-- > 0;) {
    if (registration->bindings[i].expires <= out_.now()) {
      out_.count(Count::bindings_expired);
      remove(*registration, i);
    }
  }
  settle(handle);
}

void Registrar::flow_closed(const Flow& flow) {
  std::vector<RegistrationHandle> affected;
  const auto [begin, end] = by_connection_.equal_range(flow.connection);
  std::for_each(begin, end, [&](const auto& entry) { affected.push_back(entry.second); });
  by_connection_.erase(begin, end);
  for (const auto handle : affected) {
    Registration* registration = table_.find(handle);
    for (std::size_t i = registration == nullptr ? 0 : registration->bindings.size(); i-- > 0;) {
      if (registration->bindings[i].flow.connection == flow.connection) {
        remove(*registration, i);
      }
    }
    settle(handle);
  }
}

void Registrar::remove(Registration& registration, std::size_t index) {
  out_.count(Count::bindings_removed);
  report(registration.peer, registration.bindings[index], {});
  registration.bindings.erase(registration.bindings.begin() + static_cast<std::ptrdiff_t>(index));
}

void Registrar::make_room(Registration& registration, std::size_t max_contacts) {
  while (registration.bindings.size() > max_contacts) {
    const auto oldest = std::min_element(
        registration.bindings.begin(), registration.bindings.end(),
        [](const Binding& a, const Binding& b) { return a.refreshed < b.refreshed; });
    remove(registration, static_cast<std::size_t>(oldest - registration.bindings.begin()));
  }
}

/// Sorts, sets the timer to the next expiry, and forgets a peer without bindings.
void Registrar::settle(RegistrationHandle handle) {
  Registration* registration = table_.find(handle);
  if (registration == nullptr) {
    return;
  }
  auto& bindings = registration->bindings;
  if (bindings.empty()) {
    timers_.stop(registration->timer);
    by_peer_.erase(registration->peer);
    table_.remove(handle);
    return;
  }
  std::stable_sort(bindings.begin(), bindings.end(), [](const Binding& a, const Binding& b) {
    return a.q_thousandths != b.q_thousandths ? a.q_thousandths > b.q_thousandths
                                              : a.refreshed > b.refreshed;
  });
  core::Time next = core::time_never;
  for (const auto& binding : bindings) {
    next = std::min(next, binding.expires);
    if (is_web(binding.flow.transport)) {
      const auto [begin, end] = by_connection_.equal_range(binding.flow.connection);
      if (std::none_of(begin, end, [&](const auto& entry) { return entry.second == handle; })) {
        by_connection_.emplace(binding.flow.connection, handle);
      }
    }
  }
  timers_.start(registration->timer, next,
                {TimerKind::registration, 0, handle.slot, handle.generation});
}

void Registrar::report(const std::string& peer, const Binding& binding, core::Duration expires) {
  out_.push(BindingChanged{out_.keep(peer), out_.keep(binding.contact()), out_.keep(binding.path()),
                           out_.keep(binding.call_id()), out_.keep(binding.user_agent()),
                           binding.cseq, binding.flow, expires});
}

Registrar::RegistrationHandle Registrar::find(std::string_view peer) const {
  const auto found = by_peer_.find(peer);
  return found == by_peer_.end() ? RegistrationHandle{} : found->second;
}

Registrar::RegistrationHandle Registrar::find_or_add(std::string_view peer) {
  const RegistrationHandle known = find(peer);
  if (known.valid()) {
    return known;
  }
  auto made = std::make_unique<Registration>();
  made->peer = peer;
  const std::string_view name = made->peer;
  const RegistrationHandle handle = table_.add(std::move(made));
  by_peer_.emplace(name, handle);
  return handle;
}

}  // namespace strowger::sip
