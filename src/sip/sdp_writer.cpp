#include <charconv>
#include <cstring>

#include "sip/parse_scan.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {

void SdpWriter::put(std::string_view text) {
  const char* const end = text.data() + text.size();
  if (find_control(text.data(), end) != end) {
    error_ = error_.value_or(Error::forbidden_octet);
  } else if (text.size() > room_.size() - size_) {
    error_ = error_.value_or(Error::too_long);
  } else if (!text.empty()) {
    std::memcpy(room_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
}

void SdpWriter::number(std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  put({digits, static_cast<std::size_t>(end - digits)});
}

void SdpWriter::end_line() {
  if (room_.size() - size_ < 2) {
    error_ = error_.value_or(Error::too_long);
    return;
  }
  room_[size_++] = '\r';
  room_[size_++] = '\n';
}

void SdpWriter::session(std::string_view user, std::uint64_t session_id,
                        std::uint64_t session_version, std::string_view name,
                        const core::Address& address) {
  const bool ipv6 = address.family == core::Address::Family::ipv6;
  const std::string_view family = ipv6 ? " IN IP6 " : " IN IP4 ";
  const auto host = address.host_text();
  line('v', "0");
  put("o=");
  put(user);
  put(" ");
  number(session_id);
  put(" ");
  number(session_version);
  put(family);
  put(host.view());
  end_line();
  line('s', name);
  put("c=");
  put(family.substr(1));
  put(host.view());
  end_line();
  line('t', "0 0");
}

void SdpWriter::line(char letter, std::string_view value) {
  put({&letter, 1});
  put("=");
  put(value);
  end_line();
}

void SdpWriter::media(std::string_view media, std::uint16_t port, std::string_view protocol,
                      std::string_view formats) {
  put("m=");
  put(media);
  put(" ");
  number(port);
  put(" ");
  put(protocol);
  put(" ");
  put(formats);
  end_line();
}

void SdpWriter::attribute(std::string_view name, std::string_view value) {
  put("a=");
  put(name);
  if (!value.empty()) {
    put(":");
    put(value);
  }
  end_line();
}

void SdpWriter::codec(std::uint8_t payload_type, std::string_view name, std::uint32_t clock_rate,
                      std::string_view fmtp) {
  put("a=rtpmap:");
  number(payload_type);
  put(" ");
  put(name);
  put("/");
  number(clock_rate);
  end_line();
  if (!fmtp.empty()) {
    put("a=fmtp:");
    number(payload_type);
    put(" ");
    put(fmtp);
    end_line();
  }
}

core::Result<std::string_view, SdpWriter::Error> SdpWriter::finish() const {
  if (error_) {
    return core::fail(*error_);
  }
  return std::string_view{room_.data(), size_};
}

}  // namespace strowger::sip
