// Our echo server, to be measured by websocket_load: prints its port, serves until it is killed.
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>
#include <unistd.h>

#include "websocket_server/server.hpp"

int main() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  strowger::websocket_server::Options options;
  options.websocket.max_connections = 20'000;
  options.http.max_flows = 20'000;
  options.websocket.deflate.enabled = false;
  strowger::websocket_server::Server server(options);
  server.on_message([](auto& connection, const auto& message) { connection.send(message); });
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
