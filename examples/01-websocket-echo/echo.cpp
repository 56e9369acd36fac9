// An echo server: what comes in goes out again. Try it with any WebSocket client:
//   python3 -m websockets ws://localhost:9001/
#include "websocket_server/server.hpp"

int main() {
  strowger::websocket_server::Server server({.port = 9001});
  server.on_message([](auto& connection, const auto& message) { connection.send(message); });
  return server.run();
}
