// The location service of RFC 3261 clause 10, with Path (RFC 3327): which contacts a peer has, and
// until when. Kept small: a binding is one object and one block of text, so that an idle phone
// costs a few hundred octets.
//
// A peer may have PeerSettings::max_contacts bindings. One more replaces the one refreshed longest
// ago, as chan_sip does and chan_pjsip with remove_existing=yes: a phone that comes back with
// another port after a power cut must not be locked out by its former self.
//
// One thread; part of one engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/bounded.hpp"
#include "core/time.hpp"
#include "crypto/random.hpp"
#include "sip/engine_types.hpp"
#include "sip/keyed_hash.hpp"
#include "sip/message.hpp"
#include "sip/output.hpp"
#include "sip/settings.hpp"
#include "sip/slots.hpp"
#include "sip/timers.hpp"

namespace strowger::sip {

/// One contact of a peer. The texts lie one behind another in one string.
class Binding {
 public:
  Binding(std::string_view contact, std::string_view path, std::string_view call_id,
          std::string_view user_agent);

  [[nodiscard]] std::string_view contact() const { return part(0, path_at_); }
  [[nodiscard]] std::string_view path() const { return part(path_at_, call_id_at_); }
  [[nodiscard]] std::string_view call_id() const { return part(call_id_at_, user_agent_at_); }
  [[nodiscard]] std::string_view user_agent() const { return part(user_agent_at_, text_.size()); }

  Flow flow;  // where it is reached
  core::Time expires;
  core::Time refreshed;
  std::uint32_t cseq = 0;
  std::uint16_t q_thousandths = 1000;

 private:
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const {
    return std::string_view(text_).substr(begin, end - begin);
  }
  std::string text_;
  std::uint16_t path_at_ = 0;
  std::uint16_t call_id_at_ = 0;
  std::uint16_t user_agent_at_ = 0;
};

class Registrar {
 public:
  /// More contacts than this in one REGISTER, or for one peer, are refused whatever is configured.
  static constexpr std::size_t most_contacts = 16;

  Registrar(Output& out, Timers& timers, crypto::Random& random, std::size_t max_peers);

  /// Carries a REGISTER out for a peer that has authenticated. The status to answer: 200; 400 (a
  /// contact that can't be used), 403 (too many contacts, or too many peers), 423 (too brief), 500
  /// (older than what is known). A refusal changes nothing (clause 10.3 step 7).
  std::uint16_t update(const PeerSettings& peer, const Settings& settings, const Message& request,
                       const Flow& source);
  void restore(const RestoreBinding& kept);

  /// Those of a peer, highest q first, then the latest.
  [[nodiscard]] std::span<const Binding> bindings(std::string_view peer) const;
  [[nodiscard]] std::size_t peers() const { return table_.size(); }
  /// Calls `visit(std::string_view peer, const Binding&)` for each.
  template <class Visit>
  void each(Visit visit) const {
    table_.each([&](RegistrationHandle, const Registration& registration) {
      for (const auto& binding : registration.bindings) {
        visit(std::string_view(registration.peer), binding);
      }
    });
  }

  void on_timer(const TimerPayload& timer);
  /// A contact behind a WebSocket has no other address than its connection (RFC 7118 clause 5):
  /// its binding ends with it.
  void flow_closed(const Flow& flow);

 private:
  using RegistrationHandle = core::Handle<struct SipRegistrationTag>;
  struct Registration {
    std::string peer;
    std::vector<Binding> bindings;
    TimerId timer;
  };
  struct Change {
    std::string_view contact;
    std::uint32_t expires_s = 0;
    std::uint16_t q_thousandths = 1000;
  };
  using Changes = core::BoundedVector<Change, most_contacts>;

  static std::uint16_t read_contacts(const Message& request, const Settings& settings,
                                     Changes& changes);
  [[nodiscard]] static bool in_order(const Registration& registration, const Changes& changes,
                                     bool all, const Message& request);
  void apply(Registration& registration, const PeerSettings& peer, const Settings& settings,
             const Change& change, const Message& request, const Flow& source);
  void remove(Registration& registration, std::size_t index);
  void make_room(Registration& registration, std::size_t max_contacts);
  void settle(RegistrationHandle handle);
  void report(const std::string& peer, const Binding& binding, core::Duration expires);
  [[nodiscard]] RegistrationHandle find(std::string_view peer) const;
  RegistrationHandle find_or_add(std::string_view peer);

  Output& out_;
  Timers& timers_;
  Slots<Registration, SipRegistrationTag> table_;
  std::unordered_map<std::string_view, RegistrationHandle, KeyedHash, std::equal_to<>> by_peer_;
  std::unordered_multimap<std::uint64_t, RegistrationHandle> by_connection_;
};

}  // namespace strowger::sip
