// Conditional requests, ranges and codings of RFC 9110 for one small file: what is asked, and what
// must be answered. One table for the engine and for the server behind sockets.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace strowger::http {

/// The file of the cases, and when it was written: Sun, 06 Nov 1994 08:49:37 GMT.
inline constexpr const char* file_name = "ten.bin";
inline constexpr const char* file_text = "0123456789";
inline constexpr core::WallTime file_written{784'111'777'000'000'000};

struct FileCase {
  std::string name;    // "Rfc9110_13_1_1_the_tag_of_the_file_passes"
  std::string fields;  // field lines; {etag} stands for the file's tag
  int status = 200;
  std::string body;                  // "" of 304, 412, 416 is not looked at
  std::vector<std::string> lines{};  // field lines that must be there
  std::string method = "GET";
};
[[nodiscard]] std::vector<FileCase> file_cases();

/// Makes a test of each. `ask` sends a request for /ten.bin as it stands, and gives the whole
/// answer.
bool register_file_cases(const char* suite,
                         const std::function<std::string(const std::string& request)>& ask);

}  // namespace strowger::http
