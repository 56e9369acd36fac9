// Settings of the SIP engine: an immutable snapshot, made by the driver from sip.conf.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/address.hpp"
#include "core/time.hpp"
#include "sip/engine_types.hpp"

namespace strowger::sip {

enum class DigestAlgorithm : std::uint8_t { md5, sha_256 };

/// One local address on which SIP is spoken. `public_address` is what we write into Via and Contact
/// (externaddr=), the same as `local` where nothing else is set.
struct ListenerSettings {
  Transport transport = Transport::udp;
  core::Address local;
  core::Address public_address;
  std::string realm;                                              // empty: Settings::realm
  std::vector<DigestAlgorithm> algorithms{DigestAlgorithm::md5};  // in the order offered
};

/// A1 digests, never the password: H(user:realm:password), lower-case hex; empty where unknown.
struct Credentials {
  std::string ha1_md5;
  std::string ha1_sha256;

  bool operator==(const Credentials&) const = default;
};

/// One section of sip.conf with type=friend|peer|user.
struct PeerSettings {
  std::string name;
  Credentials credentials;
  bool may_call = true;               // type=user or friend
  bool may_be_called = true;          // type=peer or friend
  bool may_register = true;           // host=dynamic
  bool authenticate = true;           // has a secret
  std::optional<core::Address> host;  // host=ADDRESS: a fixed peer, matched by address
  bool any_port = false;              // insecure=port: matched by host alone (streams always are)
  Transport transport = Transport::udp;
  std::uint32_t max_contacts = 1;
  /// Requests within its calls go to where its messages came from and not to its Contact, as
  /// nat=force_rport.
  bool nat_force_rport = true;
  /// Answers the challenges to our requests (remotesecret=): the user name, and the password in
  /// clear, since only the challenge tells the realm. Empty: challenges end the attempt.
  std::string outgoing_user;
  std::string outgoing_secret;

  bool operator==(const PeerSettings&) const = default;
};

/// RFC 3261 table 4, with the RFC's defaults; settable by timert1=, timert2=, timert4=, timerb=.
struct TimerSettings {
  core::Duration t1 = core::milliseconds(500);  // range 10 ms to 10 s
  core::Duration t2 = core::seconds(4);
  core::Duration t4 = core::seconds(5);
  core::Duration b = core::seconds(32);   // 64*T1: INVITE client time-out (also F, H)
  core::Duration c = core::seconds(180);  // longest wait for a final response
  core::Duration d = core::seconds(32);   // RFC 3261 17.1.1.2: at least 32 s over UDP
  core::Duration l = core::seconds(32);   // RFC 6026: accepted state, 64*T1
  core::Duration m = core::seconds(32);
};

struct Settings {
  std::vector<ListenerSettings> listeners;
  std::string realm = "strowger";
  std::string user_agent = "Strowger";
  std::array<std::uint8_t, 32> nonce_key{};  // random, made at start
  core::Duration nonce_lifetime = core::seconds(300);
  std::unordered_map<std::string, PeerSettings> peers;
  bool allow_guest = false;
  bool force_rport = true;  // responses to datagrams go to their source, asked for (rport) or not
  core::Duration expiry_min = core::seconds(60);
  core::Duration expiry_default = core::seconds(120);
  core::Duration expiry_max = core::seconds(3600);
  TimerSettings timers;
  std::size_t max_calls = 100'000;
  std::uint8_t max_redirects = 5;       // 3xx followed for one call; 0: a 3xx ends the attempt
  std::size_t udp_limit_octets = 1300;  // RFC 3261 18.1.1: longer requests go by TCP
};

}  // namespace strowger::sip
