// Our server and our client, for the interop tests of this folder.
//
//   websocket_peer serve FOLDER        prints its port; echoes messages, serves the folder, answers
//                                      other requests with their method and body
//   websocket_peer ask URL TEXT...     says each text, prints what comes back, ends with the last
#include <cstdio>
#include <string>
#include <string_view>

#include <unistd.h>

#include "websocket_server/client.hpp"
#include "websocket_server/server.hpp"

namespace {

using namespace strowger::websocket_server;

int serve(const char* folder) {
  Options options;
  options.files = {{"/files/", folder}};
  options.subprotocols = {"chat"};
  options.trusted_proxies = {"127.0.0.1"};
  options.websocket.message_octets = 16U << 20U;
  options.websocket.queue_octets = 32U << 20U;
  Server server(options);
  server.on_message([](Connection& connection, const Message& message) {
    if (message.text() == "who am I?") {
      connection.send(connection.remote());
    } else if (message.text() == "go away") {
      connection.close(4'000, "as you wish");
    } else {
      connection.send(message);
    }
  });
  server.on_request([](const HttpRequest& request, HttpResponse& response) {
    response.fields = {{"Content-Type", "text/plain"}};
    response.body = std::string(request.head.method) + " " + std::string(request.head.target) +
                    " " + std::string(request.body);
  });
  if (const auto started = server.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().text.c_str());
    return 1;
  }
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  for (;;) {
    pause();
  }
}

int ask(int count, char** words) {
  ClientOptions options;
  options.url = words[2];
  options.reconnect = false;
  options.verify = false;
  options.websocket.message_octets = 16U << 20U;
  int heard = 0;
  Client client(options);
  client.on_open([&](Client& self) {
    for (int i = 3; i < count; ++i) {
      self.send(std::string_view(words[i]));
    }
  });
  client.on_message([&](Client& self, const Message& message) {
    std::printf("%.*s\n", static_cast<int>(message.text().size()), message.text().data());
    if (++heard == count - 3) {
      self.stop();
    }
  });
  client.on_close([](Client&, const Ending& ending) {
    std::printf("closed %d %s\n", ending.code, ending.clean ? "cleanly" : "badly");
  });
  client.on_failure([](Client&, const std::string& why) { std::printf("%s\n", why.c_str()); });
  return client.run();
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count > 2 ? words[1] : "";
  if (what == "serve") {
    return serve(words[2]);
  }
  if (what == "ask") {
    return ask(count, words);
  }
  std::fputs("websocket_peer serve FOLDER | ask URL TEXT...\n", stderr);
  return 2;
}
