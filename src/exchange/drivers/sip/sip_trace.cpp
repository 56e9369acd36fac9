#include "exchange/drivers/sip/sip_trace.hpp"

#include <algorithm>
#include <array>

namespace strowger::exchange::drivers {
namespace {

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

}  // namespace

std::string_view transport_name(sip::Transport transport) {
  static constexpr std::array<std::string_view, 5> names{"udp", "tcp", "tls", "ws", "wss"};
  return names[static_cast<std::size_t>(transport)];
}

std::string_view first_line(core::Octets octets) {
  const auto text = core::text_of(octets);
  return text.substr(0, std::min<std::size_t>(text.find_first_of("\r\n"), 100));
}

std::string without_credentials(std::string_view message) {
  std::string out;
  while (!message.empty()) {
    const auto end = message.find('\n');
    const auto line = message.substr(0, end == std::string_view::npos ? end : end + 1);
    message.remove_prefix(line.size());
    if (starts_with_ignoring_case(line, "authorization:") ||
        starts_with_ignoring_case(line, "proxy-authorization:")) {
      out += line.substr(0, line.find(':') + 1);
      out += " (hidden)\r\n";
    } else {
      out += line;
    }
  }
  return out;
}

std::string printable(std::string_view message) {
  std::string out(message);
  std::replace_if(
      out.begin(), out.end(),
      [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return (code < 0x20 && c != '\n' && c != '\r' && c != '\t') || code == 0x7F;
      },
      '?');
  return out;
}

void SipTrace::received(const sip::Flow& flow, core::Octets octets) {
  write("received from", flow, octets);
}

void SipTrace::sent(const sip::Flow& flow, core::Octets octets) {
  write("sent to", flow, octets);
}

void SipTrace::write(std::string_view what, const sip::Flow& flow, core::Octets octets) {
  if (on() && sink_) {
    sink_("<--- " + std::string(what) + " " + std::string(transport_name(flow.transport)) + " " +
          std::string(flow.remote.text().view()) + " --->\n" +
          printable(without_credentials(core::text_of(octets))) + "\n");
  }
}

}  // namespace strowger::exchange::drivers
