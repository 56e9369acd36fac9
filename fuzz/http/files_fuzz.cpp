// Any path and any fields asked of a folder of two files: an answer of a status that there is, a
// part that lies within the file, a path that leads nowhere else. The first line is the path.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/static_files.hpp"

namespace {

using namespace strowger;

constexpr std::uint64_t file_size = 1'000;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

class TwoFiles final : public http::FileTree {
 public:
  std::optional<http::FileInfo> look(const std::string& path) override {
    demand(("/" + path + "/").find("/../") == std::string::npos);
    demand(!path.starts_with("/") && path.find('\0') == std::string::npos);
    if (path.empty()) {
      return http::FileInfo{0, {}, true};
    }
    if (path == "a.txt" || path == "b.bin") {
      return http::FileInfo{file_size, core::WallTime{784'111'777'000'000'000}, false};
    }
    return std::nullopt;
  }
  std::size_t read(const std::string&, std::uint64_t offset, core::MutableOctets room) override {
    const std::size_t size = std::min<std::size_t>(room.size(), file_size - offset);
    std::fill_n(room.begin(), size, 'x');
    return size;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const std::string request = "GET /" + std::string(text.substr(0, line_end)) +
                              " HTTP/1.1\r\nHost: h\r\n" +
                              std::string(text.substr(std::min(line_end + 1, size))) + "\r\n";
  const auto head = http::parse_request(core::octets_of(request));
  if (!head) {
    return 0;
  }
  TwoFiles tree;
  http::StaticFiles files(tree);
  const http::FileAnswer answer = files.answer(*head, head->path);
  constexpr std::array statuses{200, 206, 304, 308, 400, 404, 412, 416};
  demand(std::find(statuses.begin(), statuses.end(), answer.status) != statuses.end());
  demand(answer.body || (answer.offset <= file_size && answer.length <= file_size - answer.offset));
  demand(answer.status != 206 || answer.length > 0);
  return 0;
}
