// RFC 9110 13 and 14 on the engine and StaticFiles, without a file.
#include <algorithm>

#include <gtest/gtest.h>

#include "file_cases.hpp"
#include "http/http_fixture.hpp"
#include "http/static_files.hpp"

namespace strowger::http {
namespace {

class OneFile final : public FileTree {
 public:
  std::optional<FileInfo> look(const std::string& path) override {
    return path == file_name
               ? std::optional(FileInfo{std::string_view(file_text).size(), file_written, false})
               : std::nullopt;
  }
  std::size_t read(const std::string&, std::uint64_t, core::MutableOctets) override { return 0; }
};

std::string ask(const std::string& request) {
  OneFile tree;
  StaticFiles files(tree);
  HttpStand stand;
  stand.answer = [&](const Request& asked) {
    const FileAnswer answer = files.answer(asked.head, asked.head.path);
    std::vector<Field> fields;
    for (const auto& [name, value] : answer.fields) {
      fields.push_back({name, value});
    }
    const std::string body =
        answer.body ? *answer.body : std::string(file_text).substr(answer.offset, answer.length);
    EXPECT_TRUE(stand.command(Respond{asked.flow, answer.status, fields, body, false}));
  };
  stand.feed(request, 3);
  stand.pass({});
  return stand.sent();
}

[[maybe_unused]] const bool registered = register_file_cases("Files", ask);

}  // namespace
}  // namespace strowger::http
