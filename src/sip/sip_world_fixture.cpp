// The network of sip_engine_fixture.hpp.
#include <cctype>
#include <cstdlib>

#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "sip/digest_auth.hpp"
#include "sip/parse.hpp"
#include "sip/parse_validate.hpp"
#include "sip/sip_engine_fixture.hpp"

namespace strowger::sip::test {

std::string mutation_name(TransactionKind kind, std::size_t row) {
  std::string name = "sip_";
  for (const char c : to_string(kind)) {
    name += c == ' ' ? '_' : static_cast<char>(std::tolower(c));
  }
  return name + "_" + std::to_string(row);
}

std::optional<DisabledRow> mutation() {
  const char* wanted = std::getenv("STROWGER_MUTATE");
  for (const auto kind : {TransactionKind::invite_client, TransactionKind::client,
                          TransactionKind::invite_server, TransactionKind::server}) {
    for (std::size_t row = 0; row < transaction_table(kind).size(); ++row) {
      if (wanted != nullptr && mutation_name(kind, row) == wanted) {
        return DisabledRow{kind, row};
      }
    }
  }
  return std::nullopt;
}

Node& World::add(std::uint8_t number, const std::function<void(Settings&)>& adjust,
                 const EngineLimits& limits) {
  auto settings = std::make_shared<Settings>();
  const core::Address address = host(number);
  for (const auto transport : {Transport::udp, Transport::tcp}) {
    ListenerSettings listener;
    listener.transport = transport;
    listener.local = address;
    listener.public_address = address;
    settings->listeners.push_back(listener);
  }
  for (std::size_t i = 0; i < settings->nonce_key.size(); ++i) {
    settings->nonce_key[i] = static_cast<std::uint8_t>(i * 7 + number);
  }
  if (adjust) {
    adjust(*settings);
  }
  nodes_.push_back(std::make_unique<Node>(*this, address, settings, random.u64(), limits));
  if (const auto row = mutation()) {
    nodes_.back()->engine().disable(*row);
  }
  return *nodes_.back();
}

Node* World::at(const core::Address& address, Transport transport) {
  (void)transport;  // every node listens on both
  for (const auto& node : nodes_) {
    if (node->address() == address) {
      return node.get();
    }
  }
  return nullptr;
}

void World::check(const Sent& sent) {
  if (sent.text == "\r\n") {
    return;
  }
  Message message;
  const auto parsed = parse_message(core::octets_of(sent.text), message);
  ASSERT_TRUE(parsed) << sent.text;
  EXPECT_EQ(*parsed, sent.text.size()) << sent.text;
  const Verdict verdict = validate(message);
  // A response that a proxy is to forward has more than one Via.
  const bool to_proxy = message.is_response() && verdict.error.code == ParseCode::several_vias;
  EXPECT_TRUE(verdict.accepted() || to_proxy) << to_string(verdict.error.code) << "\n" << sent.text;
  EXPECT_FALSE(message.defect()) << sent.text;
  EXPECT_EQ(message.count(HeaderName::content_length), 1U) << sent.text;
  if (message.is_request()) {
    EXPECT_TRUE(message.top_via() && message.top_via()->has_rfc3261_branch()) << sent.text;
    EXPECT_TRUE(message.max_forwards()) << sent.text;
  } else if (message.status() > 100) {
    EXPECT_FALSE(message.to().value_or(NameAddr{}).tag.empty()) << sent.text;
  }
}

void World::send(Node& from, const Send& send) {
  Sent sent{now,
            from.address(),
            send.flow.remote,
            send.flow.transport,
            std::string(core::text_of(send.octets)),
            false};
  check(sent);
  if (send.flow.transport == Transport::udp) {
    put(sent, Transport::udp, true);
    return;
  }
  const auto link = links_.find(send.flow.connection);
  if (link == links_.end()) {
    return;  // closed a moment ago: the engine has not been told yet
  }
  const bool by_opener = link->second.first == &from;
  Arrival arrival;
  arrival.receiver = by_opener ? link->second.second : link->second.first;
  arrival.flow = {send.flow.transport, 1, send.flow.connection,
                  by_opener ? link_source_[send.flow.connection] : from.address()};
  arrival.sent = sent;
  wire.push_back(sent);
  arrivals_.emplace(now + core::milliseconds(impairment.delay_max_ms), arrival);
}

void World::break_connection(std::uint64_t connection) {
  const auto link = links_.find(connection);
  if (link == links_.end()) {
    return;
  }
  for (Node* end : {link->second.first, link->second.second}) {
    Arrival arrival;
    arrival.receiver = end;
    const bool opener = end == link->second.first;
    arrival.event =
        FlowClosed{Flow{Transport::tcp, 1, connection,
                        opener ? link->second.second->address() : link_source_[connection]},
                   0};
    arrivals_.emplace(now, arrival);
  }
  links_.erase(link);
}

void World::break_connections() {
  while (!links_.empty()) {
    break_connection(links_.begin()->first);
  }
}

void World::put(const Sent& sent, Transport transport, bool impaired) {
  const int copies = impaired && random.fraction() < impairment.duplication ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Arrival arrival;
    arrival.sent = sent;
    arrival.sent.lost = impaired && random.fraction() < impairment.loss;
    arrival.flow = {transport, 0, 0, sent.from};
    arrival.receiver = at(sent.to, transport);
    wire.push_back(arrival.sent);
    const auto spread =
        static_cast<std::uint64_t>(impairment.delay_max_ms - impairment.delay_min_ms + 1);
    const auto delay = core::milliseconds(impairment.delay_min_ms +
                                          static_cast<std::int64_t>(random.below(spread)));
    if (!arrival.sent.lost) {
      arrivals_.emplace(now + (impaired ? delay : core::Duration{}), arrival);
    }
  }
}

void World::inject(const core::Address& from, const core::Address& to, const std::string& text) {
  put({now, from, to, Transport::udp, wire_text(text), false}, Transport::udp, false);
  run_for({});
}

void World::arrive(Arrival arrival) {
  if (arrival.event) {
    Node& node = *arrival.receiver;
    node.run(
        [&](core::Actions<Action>& actions) { node.engine().event(*arrival.event, now, actions); });
  } else if (arrival.flow.connection != 0 && !links_.contains(arrival.flow.connection)) {
    return;  // lost with its connection
  } else if (arrival.receiver != nullptr) {
    arrival.receiver->receive(arrival.flow, arrival.sent.text);
  } else if (on_stranger) {
    on_stranger(arrival.sent);
  }
}

/// Does the next thing that is due by `limit`; false where nothing is.
bool World::step(core::Time limit) {
  core::Time next = arrivals_.empty() ? core::time_never : arrivals_.begin()->first;
  Node* due = nullptr;
  for (const auto& node : nodes_) {
    const auto deadline = node->engine().next_deadline();
    if (deadline && *deadline < next) {
      next = *deadline;
      due = node.get();
    }
  }
  if (next > limit || next == core::time_never) {
    return false;
  }
  now = std::max(now, next);
  if (due != nullptr) {
    due->expire_due();
    return true;
  }
  Arrival arrival = arrivals_.begin()->second;
  arrivals_.erase(arrivals_.begin());
  arrive(std::move(arrival));
  return true;
}

void World::run_for(core::Duration length) {
  const core::Time end = now + length;
  while (step(end)) {
  }
  now = end;
}

void World::run_until_idle(core::Duration most) {
  const core::Time end = now + most;
  while (step(end)) {
  }
}

std::vector<Sent> World::to(const core::Address& address) const {
  std::vector<Sent> found;
  for (const auto& sent : wire) {
    if (sent.to == address && !sent.lost) {
      found.push_back(sent);
    }
  }
  return found;
}

Sent World::last_to(const core::Address& address) const {
  const auto found = to(address);
  EXPECT_FALSE(found.empty()) << "nothing was sent to " << address.text().view();
  return found.empty() ? Sent{} : found.back();
}

std::string wire_text(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) {
      result += '\r';
    }
    result += text[i];
  }
  const std::size_t head = result.find("\r\n\r\n");
  if (head == 0) {
    return result;
  }
  if (head == std::string::npos) {
    result += "\r\n";
  } else if (result.find("Content-Length:") == std::string::npos) {
    const std::size_t body = result.size() - head - 4;
    result.insert(head, "\r\nContent-Length: " + std::to_string(body));
  }
  return result;
}

std::string ha1(std::string_view user, std::string_view realm, std::string_view password) {
  crypto::Digester digester;
  return std::string(
      digester.digest(crypto::DigestAlgorithm::md5, {user, ":", realm, ":", password})
          .hex()
          .view());
}

PeerSettings phone(std::string_view name) {
  PeerSettings peer;
  peer.name = name;
  peer.credentials.ha1_md5 = ha1(name, "strowger", "secret");
  peer.outgoing_user = name;
  peer.outgoing_secret = "secret";
  return peer;
}

std::string authorization(const Sent& challenge, std::string_view method, std::string_view uri,
                          std::string_view user, std::string_view password, std::string_view nc) {
  const auto params = parse_digest(challenge.header("WWW-Authenticate"));
  EXPECT_TRUE(params) << challenge.text;
  if (!params) {
    return {};
  }
  const std::string value = challenge.header("WWW-Authenticate");
  const auto read = parse_digest(value).value_or(DigestParams{});
  crypto::Digester digester;
  const auto md5 = crypto::DigestAlgorithm::md5;
  const auto first = digester.digest(md5, {user, ":", read.realm, ":", password}).hex();
  const auto second = digester.digest(md5, {method, ":", uri}).hex();
  const auto response =
      digester.digest(md5, {first.view(), ":", read.nonce, ":", nc, ":c0ffee:auth:", second.view()})
          .hex();
  std::string result = "Digest username=\"" + std::string(user) + "\", realm=\"";
  result.append(read.realm).append("\", nonce=\"").append(read.nonce).append("\", uri=\"");
  result.append(uri).append("\", response=\"").append(response.view());
  result.append("\", algorithm=MD5, cnonce=\"c0ffee\", qop=auth, nc=").append(nc);
  return result;
}

}  // namespace strowger::sip::test
