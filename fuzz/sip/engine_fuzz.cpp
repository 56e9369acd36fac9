// Any sequence of messages, time and commands into an engine with a registered peer. The input is
// text, cut at octet 0x1E; the first character of each piece says what it is: U a datagram, T
// octets of a stream, A time to pass in ms, C a command. In messages "%t" stands for the last tag,
// "%b" for the last branch that the engine gave, so that dialogs can be reached.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/random.hpp"
#include "sip/call_layer.hpp"
#include "sip/engine.hpp"
#include "sip/parse.hpp"

namespace {

using namespace strowger;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

std::shared_ptr<sip::Settings> settings() {
  auto result = std::make_shared<sip::Settings>();
  for (const auto transport : {sip::Transport::udp, sip::Transport::tcp}) {
    sip::ListenerSettings listener;
    listener.transport = transport;
    listener.local = listener.public_address = core::Address::ipv4(10, 0, 0, 1, 5060);
    result->listeners.push_back(listener);
  }
  result->allow_guest = true;
  sip::PeerSettings alice;
  alice.name = "alice";
  alice.authenticate = false;
  alice.max_contacts = 3;
  alice.outgoing_user = alice.outgoing_secret = "alice";
  result->peers["alice"] = alice;
  return result;
}

class Session {
 public:
  Session() : engine_(settings(), {200, 10, 10, 10, 20}, random_) {
    run([&](auto& actions) {
      (void)engine_.command(sip::RestoreBinding{.peer = "alice",
                                                .contact = "sip:alice@10.0.0.9",
                                                .path = {},
                                                .call_id = "1",
                                                .user_agent = {},
                                                .cseq = 1,
                                                .flow = datagrams_,
                                                .expires_in = core::seconds(3600)},
                            now_, actions);
    });
  }

  void piece(std::string_view text) {
    if (text.empty()) {
      return;
    }
    const std::string rest = filled(text.substr(1));
    switch (text.front()) {
      case 'U':
        run([&](auto& actions) {
          engine_.input(core::octets_of(rest), datagrams_, now_, actions);
        });
        break;
      case 'T':
        stream(rest);
        break;
      case 'A':
        now_ += core::milliseconds(std::atoi(rest.c_str()) % 200'000);
        break;
      default:
        command(static_cast<unsigned char>(text.back()));
        break;
    }
    expire();
  }

 private:
  std::string filled(std::string_view text) const {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto pair = text.substr(i, 2);
      if (pair == "%t" || pair == "%b") {
        result += pair == "%t" ? tag_ : branch_;
        ++i;
      } else {
        result += text[i];
      }
    }
    return result;
  }

  void stream(const std::string& more) {
    pending_ += more;
    std::size_t taken = 0;
    run([&](auto& actions) {
      taken = engine_.input(core::octets_of(pending_), stream_, now_, actions);
    });
    demand(taken <= pending_.size());
    pending_.erase(0, taken);
  }

  void command(unsigned choice) {
    const std::string_view sdp = "v=0\r\n";
    run([&](auto& actions) {
      switch (choice % 8) {
        case 0: {
          const auto placed =
              engine_.command(sip::Place{"alice", {}, "100", "A", sdp, {}}, now_, actions);
          call_ = placed ? *placed : call_;
          break;
        }
        case 1:
          (void)engine_.command(sip::Progress{call_, 180, {}}, now_, actions);
          break;
        case 2:
          (void)engine_.command(sip::Answer{call_, sdp}, now_, actions);
          break;
        case 3:
          (void)engine_.command(sip::Hangup{call_, 486, 17}, now_, actions);
          break;
        case 4:
          (void)engine_.command(sip::Offer{call_, sdp}, now_, actions);
          break;
        case 5:
          (void)engine_.command(sip::AnswerOffer{call_, 200, sdp}, now_, actions);
          break;
        case 6:
          (void)engine_.command(sip::SendInfo{call_, "text/plain", "x"}, now_, actions);
          break;
        default:
          engine_.event(sip::FlowClosed{stream_, 0}, now_, actions);
          pending_.clear();
          ++stream_.connection;
          break;
      }
    });
  }

  void expire() {
    for (int rounds = 0; engine_.next_deadline() && *engine_.next_deadline() <= now_; ++rounds) {
      demand(rounds < 10'000);
      run([&](auto& actions) { engine_.expire(now_, actions); });
    }
  }

  template <class Call>
  void run(Call call) {
    core::Actions<sip::Action> actions(records_, arena_);
    call(actions);
    demand(actions.refused() == 0);
    for (const auto& action : actions.all()) {
      if (const auto* send = std::get_if<sip::Send>(&action)) {
        look_at(*send);
      } else if (const auto* incoming = std::get_if<sip::CallIncoming>(&action)) {
        call_ = incoming->call;
      }
    }
  }

  /// What the engine sends is a message, and not longer than it may be.
  void look_at(const sip::Send& send) {
    sip::Message message;
    if (core::text_of(send.octets) == "\r\n") {
      return;
    }
    demand(sip::parse_message(send.octets, message).has_value());
    const auto own = message.is_request() ? message.from() : message.to();
    if (own && !own->tag.empty()) {
      tag_ = own->tag;
    }
    const auto via = message.top_via();
    if (message.is_request() && via) {
      branch_ = via->branch;
    }
  }

  crypto::SeededRandom random_{1};
  sip::Engine engine_;
  std::vector<sip::Action> records_ = std::vector<sip::Action>(sip::Engine::max_step.records);
  std::vector<core::Octet> arena_ = std::vector<core::Octet>(sip::Engine::max_step.octets);
  core::Time now_{1'000'000'000};
  sip::Flow datagrams_{sip::Transport::udp, 0, 0, core::Address::ipv4(10, 0, 0, 9, 5060)};
  sip::Flow stream_{sip::Transport::tcp, 1, 1, core::Address::ipv4(10, 0, 0, 9, 40'000)};
  std::string pending_;
  std::string tag_ = "t";
  std::string branch_ = "z9hG4bKb";
  sip::CallHandle call_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session session;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const auto end = rest.find('\x1E');
    session.piece(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return 0;
}
