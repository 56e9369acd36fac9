// What a parsed description says: attributes, defaults, addresses, payload types.
#include <algorithm>
#include <array>

#include "sip/parse_params.hpp"
#include "sip/parse_text.hpp"
#include "sip/sdp.hpp"

namespace strowger::sip {
namespace {

struct StaticPayload {
  std::uint8_t payload_type;
  RtpMap map;
};
// RFC 3551 clause 6, table 4: audio types whose number says it all.
constexpr std::array static_payloads{
    StaticPayload{0, {"PCMU", 8000, 1}},   StaticPayload{3, {"GSM", 8000, 1}},
    StaticPayload{4, {"G723", 8000, 1}},   StaticPayload{5, {"DVI4", 8000, 1}},
    StaticPayload{6, {"DVI4", 16000, 1}},  StaticPayload{7, {"LPC", 8000, 1}},
    StaticPayload{8, {"PCMA", 8000, 1}},   StaticPayload{9, {"G722", 8000, 1}},
    StaticPayload{10, {"L16", 44100, 2}},  StaticPayload{11, {"L16", 44100, 1}},
    StaticPayload{12, {"QCELP", 8000, 1}}, StaticPayload{13, {"CN", 8000, 1}},
    StaticPayload{14, {"MPA", 90000, 1}},  StaticPayload{15, {"G728", 8000, 1}},
    StaticPayload{16, {"DVI4", 11025, 1}}, StaticPayload{17, {"DVI4", 22050, 1}},
    StaticPayload{18, {"G729", 8000, 1}},
};

std::optional<RtpMap> static_map(std::uint8_t payload_type) {
  for (const StaticPayload& row : static_payloads) {
    if (row.payload_type == payload_type) {
      return row.map;
    }
  }
  return std::nullopt;
}

/// <name>/<clock rate>[/<channels>]
std::optional<RtpMap> parse_rtpmap(std::string_view text) {
  const std::size_t first = text.find('/');
  if (first == std::string_view::npos || first == 0) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(first + 1);
  const std::size_t second = rest.find('/');
  const auto rate = digits_of(rest.substr(0, second), 1'000'000);
  const auto channels = second == std::string_view::npos ? std::optional<std::uint32_t>(1)
                                                         : digits_of(rest.substr(second + 1), 255);
  if (!rate || !channels) {
    return std::nullopt;
  }
  return RtpMap{text.substr(0, first), *rate, *channels};
}

/// The value of "a=NAME:<payload type> VALUE" for one payload type.
std::optional<std::string_view> value_for(const SessionDescription& description, std::size_t media,
                                          std::string_view name, std::uint8_t payload_type) {
  for (std::size_t i = 0; i < description.attribute_count(media); ++i) {
    const SdpAttribute attribute = description.attribute(media, i);
    if (attribute.name != name) {
      continue;
    }
    std::string_view rest = attribute.value;
    if (payload_type_of(next_format(rest)) == payload_type) {
      return trim(rest);
    }
  }
  return std::nullopt;
}

std::uint16_t whole_number(std::optional<std::string_view> text) {
  return text ? static_cast<std::uint16_t>(digits_of(trim(*text), 65'535).value_or(0)) : 0;
}

constexpr std::array<std::string_view, 4> direction_names{"inactive", "sendonly", "recvonly",
                                                          "sendrecv"};

std::optional<MediaDirection> explicit_direction(const SessionDescription& description,
                                                 std::size_t level) {
  for (std::size_t i = 0; i < description.attribute_count(level); ++i) {
    const auto name = description.attribute(level, i).name;
    for (std::size_t d = 0; d < direction_names.size(); ++d) {
      if (direction_names[d] == name) {
        return static_cast<MediaDirection>(d);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

// The enumerators are two bits: 1, the author sends; 2, the author receives.
std::string_view to_string(MediaDirection direction) {
  return direction_names[static_cast<std::size_t>(direction)];
}

MediaDirection reversed(MediaDirection direction) {
  const auto bits = static_cast<unsigned>(direction);
  return static_cast<MediaDirection>((bits & 1U) << 1U | bits >> 1U);
}

MediaDirection both_allow(MediaDirection a, MediaDirection b) {
  return static_cast<MediaDirection>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}

std::optional<core::Address> SdpConnection::host(std::uint16_t port) const {
  if (address.empty() || address.front() == '[') {
    return std::nullopt;
  }
  auto parsed = core::Address::parse(address);
  if (parsed) {
    parsed->port = port;
  }
  return parsed;
}

SdpMedia SessionDescription::media(std::size_t index) const {
  const MediaEntry& entry = media_[index];
  return {view(entry.media), entry.port, entry.port_count, view(entry.protocol),
          view(entry.formats)};
}

std::optional<SdpConnection> SessionDescription::connection(std::size_t media) const {
  const bool own = media < media_count_ && media_[media].connection.size != 0;
  std::string_view text = view(own ? media_[media].connection : connection_);
  if (text.empty()) {
    return std::nullopt;
  }
  SdpConnection connection;
  connection.network = next_format(text);
  connection.family = next_format(text);
  const std::string_view address = next_format(text);
  connection.address = address.substr(0, address.find('/'));
  return connection;
}

std::size_t SessionDescription::first_attribute(std::size_t media) const {
  if (media == session_level) {
    return 0;
  }
  return media < media_count_ ? media_[media].first_attribute : attribute_count_;
}

std::size_t SessionDescription::attribute_count(std::size_t media) const {
  const std::size_t next = media == session_level ? 0 : media + 1;
  return first_attribute(next) - first_attribute(media);
}

SdpAttribute SessionDescription::attribute(std::size_t media, std::size_t index) const {
  const AttributeEntry& entry = attributes_[first_attribute(media) + index];
  return {view(entry.name), view(entry.value)};
}

std::optional<std::string_view> SessionDescription::find(std::size_t media,
                                                         std::string_view name) const {
  for (std::size_t i = 0; i < attribute_count(media); ++i) {
    const SdpAttribute found = attribute(media, i);
    if (found.name == name) {
      return found.value;
    }
  }
  return std::nullopt;
}

MediaDirection SessionDescription::direction(std::size_t media) const {
  auto direction = explicit_direction(*this, media);
  if (!direction) {
    direction = explicit_direction(*this, session_level);
  }
  return direction.value_or(MediaDirection::sendrecv);
}

std::optional<RtpMap> SessionDescription::rtpmap(std::size_t media,
                                                 std::uint8_t payload_type) const {
  if (const auto text = value_for(*this, media, "rtpmap", payload_type)) {
    return parse_rtpmap(*text);
  }
  return static_map(payload_type);
}

std::optional<std::string_view> SessionDescription::fmtp(std::size_t media,
                                                         std::uint8_t payload_type) const {
  return value_for(*this, media, "fmtp", payload_type);
}

std::uint16_t SessionDescription::ptime(std::size_t media) const {
  return whole_number(find(media, "ptime"));
}

std::uint16_t SessionDescription::maxptime(std::size_t media) const {
  return whole_number(find(media, "maxptime"));
}

std::optional<core::Address> SessionDescription::rtp_address(std::size_t media) const {
  const auto where = connection(media);
  return where ? where->host(media_[media].port) : std::nullopt;
}

std::optional<core::Address> SessionDescription::rtcp_address(std::size_t media) const {
  auto address = rtp_address(media);
  if (!address || has_rtcp_mux(media)) {
    return address;
  }
  // RFC 3605: a=rtcp:<port> [<network> <family> <address>]
  if (auto text = find(media, "rtcp")) {
    const auto port = digits_of(next_format(*text), 65'535);
    SdpConnection other;
    other.network = next_format(*text);
    other.family = next_format(*text);
    other.address = next_format(*text);
    if (port && *port != 0) {
      const auto wanted = static_cast<std::uint16_t>(*port);
      const auto elsewhere = other.host(wanted);
      return elsewhere ? elsewhere : address->with_port(wanted);
    }
  }
  const bool room = address->port != 0 && address->port != 65'535;
  return room ? address->with_port(static_cast<std::uint16_t>(address->port + 1)) : *address;
}

bool SessionDescription::has_rtcp_mux(std::size_t media) const {
  return find(media, "rtcp-mux").has_value();
}

}  // namespace strowger::sip
