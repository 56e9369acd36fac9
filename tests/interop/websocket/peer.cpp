// Our server and our client, for the interop tests of this folder.
//
//   websocket_peer serve FOLDER [CERTIFICATE KEY]
//       prints its port; echoes messages, serves the folder, answers other requests with their
//       method and body; what is posted to /result it prints
//   websocket_peer ask URL [ca=FILE] [proxy=WHERE] TEXT...
//       says each text, prints what comes back, ends with the last
//   websocket_peer crowd MOST
//       prints its port; echoes to so many at once, with little patience
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <unistd.h>

#include "websocket_server/client.hpp"
#include "websocket_server/server.hpp"

namespace {

using namespace strowger::websocket_server;

void answer(const HttpRequest& request, HttpResponse& response) {
  response.fields = {{"Content-Type", "text/plain"}};
  if (request.head.path == "/result") {
    std::printf("%.*s\n", static_cast<int>(request.body.size()), request.body.data());
    std::fflush(stdout);
    return;
  }
  response.body = std::string(request.head.method) + " " + std::string(request.head.target) + " " +
                  std::string(request.body);
}

/// Serves until the process is ended.
int serve_for_ever(Server& server) {
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

int serve(int count, char** words) {
  Options options;
  options.files = {{"/files/", words[2]}};
  options.subprotocols = {"chat"};
  options.trusted_proxies = {"127.0.0.1"};
  options.websocket.message_octets = 16U << 20U;
  options.websocket.queue_octets = 32U << 20U;
  if (count > 4) {
    options.certificate_file = words[3];
    options.key_file = words[4];
  }
  Server server(options);
  std::string last_end;
  server.on_message([&](Connection& connection, const Message& message) {
    if (message.text() == "who am I?") {
      connection.send(connection.remote());
    } else if (message.text() == "go away") {
      connection.close(4'000, "as you wish");
    } else if (message.text() == "how did the last one end?") {
      connection.send(last_end);
    } else {
      connection.send(message);
    }
  });
  server.on_close([&](Connection&, const Ending& ending) {
    last_end = std::to_string(ending.code) + " " + std::string(ending.reason) +
               (ending.clean ? " cleanly" : " badly");
  });
  server.on_request(answer);
  return serve_for_ever(server);
}

int crowd(const char* most) {
  Options options;
  options.websocket.max_connections = options.http.max_flows = std::strtoul(most, nullptr, 10);
  options.websocket.queue_octets = 128U << 10U;
  options.websocket.ping_interval = strowger::core::seconds(10);
  options.websocket.pong_timeout = strowger::core::seconds(5);
  options.websocket.send_timeout = strowger::core::seconds(15);
  options.http.head_timeout = strowger::core::seconds(5);
  Server server(options);
  server.on_message([](Connection& connection, const Message& message) {
    if (message.text() == "close me") {
      connection.close();
    } else {
      connection.send(message);
    }
  });
  server.on_request([&](const HttpRequest&, HttpResponse& response) {
    const ServerCounters counters = server.counters();
    response.body = "accepted " + std::to_string(counters.accepted) + ", open now " +
                    std::to_string(counters.connections) + ", messages in " +
                    std::to_string(counters.messages_received) + ", out " +
                    std::to_string(counters.messages_sent) + ", refused pages " +
                    std::to_string(counters.refused_origin);
  });
  return serve_for_ever(server);
}

int ask(int count, char** words) {
  ClientOptions options;
  options.url = words[2];
  options.reconnect = false;
  options.websocket.message_octets = 16U << 20U;
  int first = 3;
  for (; first < count; ++first) {
    const std::string_view word = words[first];
    if (word.starts_with("ca=")) {
      options.ca_path = word.substr(3);
    } else if (word.starts_with("proxy=")) {
      options.proxy = word.substr(6);
    } else {
      break;
    }
  }
  int heard = 0;
  Client client(options);
  client.on_open([&](Client& self) {
    for (int i = first; i < count; ++i) {
      self.send(std::string_view(words[i]));
    }
  });
  client.on_message([&](Client& self, const Message& message) {
    std::printf("%.*s\n", static_cast<int>(message.text().size()), message.text().data());
    if (++heard == count - first) {
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
    return serve(count, words);
  }
  if (what == "crowd") {
    return crowd(words[2]);
  }
  if (what == "ask") {
    return ask(count, words);
  }
  std::fputs(
      "websocket_peer serve FOLDER [CERTIFICATE KEY] | crowd MOST | "
      "ask URL [ca=FILE] [proxy=WHERE] TEXT...\n",
      stderr);
  return 2;
}
