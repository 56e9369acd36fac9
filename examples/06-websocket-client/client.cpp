// Says what you type, prints what it hears: client ws://localhost:9001/ . It connects again when
// the server comes back.
#include "websocket_server/client.hpp"

#include <cstdio>
#include <iostream>
#include <string>

int main(int count, char** words) {
  using namespace strowger::websocket_server;
  Client client({.url = count > 1 ? words[1] : "ws://localhost:9001/"});
  client.on_open([](Client&) { std::puts("connected"); });
  client.on_message([](Client&, const Message& message) {
    std::printf("%.*s\n", static_cast<int>(message.text().size()), message.text().data());
  });
  client.on_close([](Client&, const Ending& ending) { std::printf("closed: %d\n", ending.code); });
  client.on_failure([](Client&, const std::string& why) { std::printf("%s\n", why.c_str()); });
  if (!client.start()) {
    std::fputs("that is no WebSocket URL\n", stderr);
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    client.send(line);
  }
  return 0;
}
