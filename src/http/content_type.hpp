// Which media type a file has, by the end of its name. Pure; any thread.
#pragma once

#include <string_view>

namespace strowger::http {

/// "text/html; charset=utf-8"; "application/octet-stream" where the name says nothing.
[[nodiscard]] std::string_view content_type_of(std::string_view path);
/// Whether compressing such content pays.
[[nodiscard]] bool compresses(std::string_view content_type);

}  // namespace strowger::http
