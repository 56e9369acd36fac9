#include "http/static_files.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

namespace strowger::http {
namespace {

constexpr core::WallTime written{784'111'777'000'000'000};
constexpr std::string_view written_text = "Sun, 06 Nov 1994 08:49:37 GMT";

class Memory final : public FileTree {
 public:
  std::optional<FileInfo> look(const std::string& path) override {
    if (path.empty() || path == "folder") {
      return FileInfo{0, written, true};
    }
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt
                                : std::optional(FileInfo{found->second.size(), written, false});
  }
  std::size_t read(const std::string& path, std::uint64_t offset,
                   core::MutableOctets room) override {
    ++reads;
    const std::string& text = files.at(path);
    const std::size_t size = std::min<std::size_t>(room.size(), text.size() - offset);
    std::copy_n(text.data() + offset, size, room.data());
    return size;
  }
  std::map<std::string, std::string> files{{"index.html", "<p>home</p>"},
                                           {"ten.bin", "0123456789"},
                                           {"empty.txt", ""},
                                           {"long.js", std::string(5'000, 'j')}};
  int reads = 0;
};

class StaticFilesTest : public testing::Test {
 protected:
  FileAnswer get(std::string_view path, std::string_view fields = {},
                 std::string_view method = "GET") {
    text_ = std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" +
            std::string(fields) + "\r\n";
    const auto head = parse_request(core::octets_of(text_));
    EXPECT_TRUE(head);
    return files_.answer(*head, head->path);
  }
  static std::string field(const FileAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.fields) {
      if (key == name) {
        return value;
      }
    }
    return "none";
  }

  Memory tree_;
  StaticFiles files_{tree_};
  std::string text_;
};

TEST_F(StaticFilesTest, finds_files_folders_and_nothing) {
  const FileAnswer home = get("/");
  EXPECT_EQ(home.status, 200);
  EXPECT_EQ(home.path, "index.html");
  EXPECT_EQ(home.length, 11U);
  EXPECT_EQ(field(home, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/none").status, 404);
  EXPECT_EQ(get("/folder/").status, 404);
  EXPECT_EQ(get("/../x").status, 400);
  EXPECT_EQ(get("/", {}, "POST").status, 405);
  const FileAnswer moved = get("/folder?x");
  EXPECT_EQ(moved.status, 308);
  EXPECT_EQ(field(moved, "Location"), "/folder/");
}

TEST_F(StaticFilesTest, sends_parts) {
  const auto part = [&](std::string_view range, std::string_view more = {}) {
    const FileAnswer answer =
        get("/ten.bin", "Range: " + std::string(range) + "\r\n" + std::string(more));
    return std::to_string(answer.status) + " " + std::to_string(answer.offset) + "+" +
           std::to_string(answer.length) + " " + field(answer, "Content-Range");
  };
  EXPECT_EQ(part("bytes=2-4"), "206 2+3 bytes 2-4/10");
  EXPECT_EQ(part("bytes=7-"), "206 7+3 bytes 7-9/10");
  EXPECT_EQ(part("bytes=-3"), "206 7+3 bytes 7-9/10");
  EXPECT_EQ(part("bytes=-30"), "206 0+10 bytes 0-9/10");
  EXPECT_EQ(part("bytes=0-99"), "206 0+10 bytes 0-9/10");
  EXPECT_EQ(part("bytes=10-"), "416 0+0 bytes */10");
  EXPECT_EQ(part("bytes=-0"), "416 0+0 bytes */10");
  for (const char* whole : {"bytes=4-2", "bytes=a-b", "bytes=-", "bytes=1-2,4-5", "lines=1-2"}) {
    EXPECT_EQ(part(whole), "200 0+10 none") << whole;
  }
  const std::string etag = field(get("/ten.bin"), "ETag");
  EXPECT_EQ(part("bytes=2-4", "If-Range: " + etag + "\r\n"), "206 2+3 bytes 2-4/10");
  EXPECT_EQ(part("bytes=2-4", "If-Range: \"other\"\r\n"), "200 0+10 none");
  EXPECT_EQ(part("bytes=2-4", "If-Range: " + std::string(written_text) + "\r\n"),
            "206 2+3 bytes 2-4/10");
  EXPECT_EQ(get("/empty.txt", "Range: bytes=0-\r\n").status, 416);
}

TEST_F(StaticFilesTest, answers_conditions) {
  const FileAnswer first = get("/ten.bin");
  const std::string etag = field(first, "ETag");
  EXPECT_EQ(field(first, "Last-Modified"), written_text);
  const auto status = [&](const std::string& fields) { return get("/ten.bin", fields).status; };
  EXPECT_EQ(status("If-None-Match: " + etag + "\r\n"), 304);
  EXPECT_EQ(status("If-None-Match: \"x\", W/" + etag + "\r\n"), 304);
  EXPECT_EQ(status("If-None-Match: *\r\n"), 304);
  EXPECT_EQ(status("If-None-Match: \"x\"\r\n"), 200);
  EXPECT_EQ(
      status("If-None-Match: \"x\"\r\nIf-Modified-Since: " + std::string(written_text) + "\r\n"),
      200)
      << "the tag goes before the date";
  EXPECT_EQ(status("If-Modified-Since: " + std::string(written_text) + "\r\n"), 304);
  EXPECT_EQ(status("If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"), 200);
  EXPECT_EQ(status("If-Modified-Since: yesterday\r\n"), 200);
  EXPECT_EQ(status("If-Match: " + etag + "\r\n"), 200);
  EXPECT_EQ(status("If-Match: W/" + etag + "\r\n"), 412);
  EXPECT_EQ(status("If-Match: \"x\"\r\n"), 412);
  EXPECT_EQ(status("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"), 412);
  EXPECT_EQ(status("If-Unmodified-Since: " + std::string(written_text) + "\r\n"), 200);
}

TEST_F(StaticFilesTest, compresses_text_once_for_those_who_take_it) {
  const FileAnswer packed = get("/long.js", "Accept-Encoding: br, GZIP;q=0.5\r\n");
  ASSERT_TRUE(packed.body);
  EXPECT_LT(packed.body->size(), 200U);
  EXPECT_EQ(field(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(packed, "Vary"), "Accept-Encoding");
  std::string plain(6'000, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string input = *packed.body;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  plain.resize(plain.size() - stream.avail_out);
  inflateEnd(&stream);
  EXPECT_EQ(plain, tree_.files.at("long.js"));
  EXPECT_EQ(get("/long.js", "Accept-Encoding: *\r\n").body, packed.body);
  EXPECT_EQ(tree_.reads, 1);
  EXPECT_EQ(
      get("/long.js", "If-None-Match: " + field(packed, "ETag") + "\r\nAccept-Encoding: gzip\r\n")
          .status,
      304);
  const FileAnswer plain_answer = get("/long.js", "Accept-Encoding: gzip;q=0, *\r\n");
  EXPECT_FALSE(plain_answer.body);
  EXPECT_NE(field(plain_answer, "ETag"), field(packed, "ETag"));
  EXPECT_FALSE(get("/ten.bin", "Accept-Encoding: gzip\r\n").body);
  EXPECT_FALSE(get("/", "Accept-Encoding: gzip\r\n").body) << "too small to pay";
}

}  // namespace
}  // namespace strowger::http
