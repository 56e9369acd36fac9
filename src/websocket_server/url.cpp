#include "websocket_server/url.hpp"

#include "base/text.hpp"
#include "http/parse.hpp"

namespace strowger::websocket_server {
namespace {

constexpr std::uint16_t plain_port = 80;
constexpr std::uint16_t secure_port = 443;

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (secure ? secure_port : plain_port) ? name : name + ":" + std::to_string(port);
}

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || text.find('#') != std::string_view::npos) {
    return std::nullopt;
  }
  url.secure = base::same_word(text.substr(0, scheme), "wss");
  if (!url.secure && !base::same_word(text.substr(0, scheme), "ws")) {
    return std::nullopt;
  }
  text.remove_prefix(scheme + 3);
  const std::size_t end = text.find_first_of("/?");
  const std::string_view authority = text.substr(0, end);
  if (!http::is_host(authority)) {
    return std::nullopt;
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = authority.substr(0, colon);
  if (bracket != std::string_view::npos) {
    url.host = url.host.substr(1, bracket - 1);
  }
  const auto port =
      colon == std::string_view::npos ? std::nullopt : http::decimal(authority.substr(colon + 1));
  url.port = port ? static_cast<std::uint16_t>(*port) : url.secure ? secure_port : plain_port;
  if (end != std::string_view::npos) {
    url.target = (text[end] == '?' ? "/" : "") + std::string(text.substr(end));
  }
  return url;
}

}  // namespace strowger::websocket_server
