// RFC 9110 13 and 14 on the server, with a file of its own, through a socket.
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conformance/http/file_cases.hpp"
#include "websocket_server/server.hpp"
#include "websocket_server/server_fixture.hpp"

namespace strowger::websocket_server {
namespace {

std::string ask(const std::string& request) {
  std::string folder = testing::TempDir() + "strowger_filesXXXXXX";
  EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string file = folder + "/" + http::file_name;
  std::ofstream(file) << http::file_text;
  const timespec written{http::file_written.ns / 1'000'000'000, 0};
  const timespec times[2] = {written, written};
  EXPECT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  Options options;
  options.files = {{"/", folder}};
  Server server(options);
  EXPECT_TRUE(server.start());
  RawClient client(server.port());
  client.send(request);
  std::string answer = client.read_all();
  ::unlink(file.c_str());
  ::rmdir(folder.c_str());
  return answer;
}

[[maybe_unused]] const bool registered = http::register_file_cases("ServerFiles", ask);

}  // namespace
}  // namespace strowger::websocket_server
