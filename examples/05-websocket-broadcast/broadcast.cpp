// Tells the time to everybody, once a second, from a thread that has nothing to do with the server.
//
// Shows that publish may be called from any thread, and what it costs: each message is encoded
// once. Those who read too slowly miss some, by the policy; nobody waits for them.
#include <chrono>
#include <string>
#include <thread>

#include "websocket_server/server.hpp"

int main() {
  using namespace strowger::websocket_server;
  Server server({.port = 9001, .threads = 2, .overflow = Overflow::drop});
  server.on_open([](Connection& connection) { connection.subscribe("time"); });
  const std::jthread clock([&](const std::stop_token& stop) {
    for (int second = 0; !stop.stop_requested(); ++second) {
      server.publish("time", std::to_string(second));
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  });
  return server.run();
}
