// Our server, to be measured by websocket_load: echoes what is binary, sends what is text to all.
//
//   websocket_echo plain|tls|deflate [CERTIFICATE KEY]      prints its port, serves until killed
#include <cstdio>
#include <string_view>

#include <sys/resource.h>
#include <unistd.h>

#include "websocket_server/server.hpp"

int main(int count, char** words) {
  const std::string_view mode = count > 1 ? words[1] : "plain";
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  strowger::websocket_server::Options options;
  options.websocket.max_connections = 20'000;
  options.http.max_flows = 20'000;
  options.websocket.deflate.enabled = mode == "deflate";
  options.websocket.deflate.level = 1;  // as the others do
  if (mode == "tls" && count > 3) {
    options.certificate_file = words[2];
    options.key_file = words[3];
  }
  strowger::websocket_server::Server server(options);
  server.on_open([](auto& connection) { connection.subscribe("all"); });
  server.on_message([&server](auto& connection, const auto& message) {
    if (message.kind == strowger::websocket_server::Kind::text) {
      server.publish("all", message);
    } else {
      connection.send(message);
    }
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
