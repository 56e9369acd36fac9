#include "http/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "http/fields.hpp"

namespace strowger::http {
namespace {

using Reason = std::pair<int, std::string_view>;
constexpr std::array reasons{
    Reason{100, "Continue"},
    Reason{101, "Switching Protocols"},
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{206, "Partial Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{406, "Not Acceptable"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{416, "Range Not Satisfiable"},
    Reason{417, "Expectation Failed"},
    Reason{421, "Misdirected Request"},
    Reason{422, "Unprocessable Content"},
    Reason{426, "Upgrade Required"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view reason_of(int status) {
  const auto* found = std::find_if(reasons.begin(), reasons.end(),
                                   [&](const Reason& row) { return row.first == status; });
  return found == reasons.end() ? "Status" : found->second;
}

bool is_field_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
  });
}

HeadWriter& HeadWriter::request(std::string_view method, std::string_view target) {
  const bool whole = std::all_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '\x7f';
  });
  ok_ = ok_ && is_token(method) && whole && !target.empty();
  if (ok_) {
    out_.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  }
  return *this;
}

HeadWriter& HeadWriter::response(int status, std::string_view reason) {
  reason = reason.empty() || !is_field_value(reason) ? reason_of(status) : reason;
  out_.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason);
  out_.append("\r\n");
  return *this;
}

HeadWriter& HeadWriter::field(std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value)) {
    ok_ = false;
    return *this;
  }
  out_.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

HeadWriter& HeadWriter::field(std::string_view name, std::uint64_t value) {
  return field(name, std::to_string(value));
}

}  // namespace strowger::http
