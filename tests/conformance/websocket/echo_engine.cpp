// The echo cases on the engine, as a server and as a client.
#include "echo_run.hpp"

namespace strowger::websocket {
namespace {

class OnTheEngine final : public Endpoint {
 public:
  OnTheEngine(Stand::Role role, const std::string& extensions)
      : stand_(Stand::quiet_settings(), role) {
    const std::string field =
        extensions.empty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n";
    stand_.echoes = true;
    stand_.open(field, field);
  }
  void send(std::string_view octets) override { stand_.feed(octets); }
  std::string heard() override {
    stand_.pass({});
    return stand_.sent();
  }

 private:
  Stand stand_;
};

End on_the_engine(const char* name, Stand::Role role) {
  return {name, role, [role](const std::string& extensions) {
            return std::make_unique<OnTheEngine>(role, extensions);
          }};
}

[[maybe_unused]] const bool registered =
    register_echo_cases(on_the_engine("EngineAsServer", Stand::Role::server)) &&
    register_echo_cases(on_the_engine("EngineAsClient", Stand::Role::client));

}  // namespace
}  // namespace strowger::websocket
