#include "websocket/websocket_fixture.hpp"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>
#include <zlib.h>

#include "websocket/handshake.hpp"

namespace strowger::websocket {
namespace {

std::string hexadecimal(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out += digits[octet >> 4U];
    out += digits[octet & 15U];
  }
  return out;
}

std::string number(core::Octets octets) {
  return hexadecimal(core::text_of(octets));
}

}  // namespace

std::string upgrade_request(std::string_view more) {
  return "GET /chat HTTP/1.1\r\nHost: example.net\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: " +
         std::string(sample_key) + "\r\nSec-WebSocket-Version: 13\r\n" + std::string(more) + "\r\n";
}

std::string raw(const RawFrame& frame) {
  std::string out(1, static_cast<char>(frame.first));
  const std::size_t size = frame.payload.size();
  const int octets = frame.length_octets >= 0 ? frame.length_octets
                     : size < 126             ? 0
                     : size < 65'536          ? 2
                                              : 8;
  const unsigned code = octets == 0 ? static_cast<unsigned>(size) : octets == 2 ? 126U : 127U;
  out += static_cast<char>((frame.masked ? 0x80U : 0U) | code);
  for (int i = octets - 1; i >= 0; --i) {
    out += static_cast<char>(size >> (8U * static_cast<unsigned>(i)));
  }
  if (frame.masked) {
    out += core::text_of(frame.key);
  }
  for (std::size_t i = 0; i < size; ++i) {
    const auto octet = static_cast<unsigned char>(frame.payload[i]);
    out += static_cast<char>(frame.masked ? octet ^ frame.key[i % 4] : octet);
  }
  return out;
}

std::string frame(std::uint8_t first, std::string_view payload) {
  return raw({first, std::string(payload)});
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  return frame(0x88, octets({code >> 8, code & 255}) + std::string(reason));
}

std::string octets(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) {
    text += static_cast<char>(value);
  }
  return text;
}

TestDeflater::TestDeflater(int window_bits) : stream_(new z_stream{}) {
  deflateInit2(static_cast<z_stream*>(stream_), 9, Z_DEFLATED, -window_bits, 9, Z_DEFAULT_STRATEGY);
}
TestDeflater::~TestDeflater() {
  deflateEnd(static_cast<z_stream*>(stream_));
  delete static_cast<z_stream*>(stream_);
}
void TestDeflater::reset() {
  deflateReset(static_cast<z_stream*>(stream_));
}
std::string TestDeflater::operator()(std::string_view message) {
  auto* stream = static_cast<z_stream*>(stream_);
  std::string input(message);
  std::string out(message.size() + message.size() / 8 + 100, '\0');
  stream->next_in = reinterpret_cast<Bytef*>(input.data());
  stream->avail_in = static_cast<uInt>(input.size());
  stream->next_out = reinterpret_cast<Bytef*>(out.data());
  stream->avail_out = static_cast<uInt>(out.size());
  deflate(stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream->avail_out);
  return out.substr(0, out.size() - 4);
}

TestInflater::TestInflater(int window_bits) : stream_(new z_stream{}) {
  inflateInit2(static_cast<z_stream*>(stream_), -window_bits);
}
TestInflater::~TestInflater() {
  inflateEnd(static_cast<z_stream*>(stream_));
  delete static_cast<z_stream*>(stream_);
}
void TestInflater::reset() {
  inflateReset(static_cast<z_stream*>(stream_));
}
std::string TestInflater::operator()(std::string_view message) {
  auto* stream = static_cast<z_stream*>(stream_);
  std::string input = std::string(message) + octets({0, 0, 0xff, 0xff});
  std::string out(4U << 20U, '\0');
  stream->next_in = reinterpret_cast<Bytef*>(input.data());
  stream->avail_in = static_cast<uInt>(input.size());
  stream->next_out = reinterpret_cast<Bytef*>(out.data());
  stream->avail_out = static_cast<uInt>(out.size());
  inflate(stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream->avail_out);
  return out;
}

std::string inflated(std::string_view message) {
  return TestInflater()(message);
}

namespace {

/// The next frame at the front, taken off; nothing where it is not whole.
std::optional<std::string> take_frame(std::string_view& all, bool masked) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(all.at(i)); };
  if (all.size() < 2) {
    return std::nullopt;
  }
  std::size_t size = octet(1) & 127U;
  const std::size_t wide = size == 126 ? 2 : size == 127 ? 8 : 0;
  const std::size_t head = 2 + wide + (masked ? 4 : 0);
  if (all.size() < head) {
    return std::nullopt;
  }
  EXPECT_EQ((octet(1) & 128U) != 0, masked);
  for (std::size_t i = 0; i < wide; ++i) {
    size = (i == 0 ? 0 : size << 8U) | octet(2 + i);
  }
  if (all.size() - head < size) {
    return std::nullopt;
  }
  std::string payload(all.substr(head, size));
  for (std::size_t i = 0; masked && i < size; ++i) {
    payload[i] = static_cast<char>(payload[i] ^ all[head - 4 + i % 4]);
  }
  const std::string first = hexadecimal(all.substr(0, 1));
  all.remove_prefix(head + size);
  return first + ":" + (first == "88" ? hexadecimal(payload.substr(0, 2)) : payload);
}

}  // namespace

std::vector<std::string> frames_of(std::string_view octets, bool masked, bool partial) {
  std::vector<std::string> frames;
  while (auto frame = take_frame(octets, masked)) {
    frames.push_back(std::move(*frame));
  }
  EXPECT_TRUE(partial || octets.empty()) << "half a frame";
  return frames;
}

// ---- Stand

Settings Stand::quiet_settings() {
  Settings settings;
  settings.max_connections = 4;
  settings.ping_interval = {};
  return settings;
}

Stand::Stand(const Settings& settings, Role role, bool decides)
    : engine_(settings, random_, now_), driver_(engine_, *this), decides_(decides), role_(role) {
  if (role == Role::server) {
    id_ = command(OpenServer{}).value();
  } else {
    OpenClient open;
    open.request.host = "example.net";
    open.request.target = "/chat";
    open.request.subprotocols = {"a", "b"};
    id_ = command(open).value();
    drain();
  }
}

void Stand::feed(std::string_view octets, std::size_t piece) {
  do {
    const std::string_view part = octets.substr(0, piece);
    octets.remove_prefix(part.size());
    inbox_ += part;
    const std::size_t taken = driver_.input(core::octets_of(inbox_), id_, now_);
    inbox_.erase(0, taken);
    if (reading_ == Reading::at_once) {
      drain();
    }
  } while (!octets.empty());
}

void Stand::open(std::string_view more, std::string_view answer_more) {
  if (role_ == Role::server) {
    feed(upgrade_request(more));
  } else {
    const std::size_t at = sent_.find("Sec-WebSocket-Key: ");
    ASSERT_NE(at, std::string::npos);
    crypto::Digester digester;
    const std::string key = sent_.substr(at + 19, 24);
    feed(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        std::string(accept_text(key, digester).view()) + "\r\n" + std::string(answer_more) +
        "\r\n");
  }
  ASSERT_FALSE(log_.empty());
  ASSERT_TRUE(log_.back().starts_with("opened")) << log_.back();
  log_.clear();
  sent_.clear();
}

void Stand::pass(core::Duration time) {
  const core::Time until = now_ + time;
  while (wake_ && *wake_ <= until) {
    now_ = std::max(now_, *wake_);
    driver_.expire(now_);
    if (reading_ == Reading::at_once) {
      drain();
    }
  }
  now_ = until;
}

void Stand::lose() {
  driver_.event(FlowClosed{id_}, now_);
}

std::size_t Stand::drain(std::size_t most) {
  std::size_t total = 0;
  while (total < most) {
    core::Octet room[997];
    const std::size_t size = driver_.transmit(
        id_, core::MutableOctets(room).first(std::min(sizeof room, most - total)), now_);
    if (size == 0) {
      break;
    }
    sent_ += core::text_of(core::Octets(room).first(size));
    total += size;
  }
  return total;
}

core::Result<ConnectionId, Refusal> Stand::command(const Command& command) {
  auto result = driver_.command(command, now_);
  if (reading_ == Reading::at_once) {
    drain();
  }
  return result;
}

core::Result<ConnectionId, Refusal> Stand::say(std::string_view text, Kind kind) {
  return command(Send{id_, kind, core::octets_of(text), true});
}

void Stand::return_leases() {
  for (const LeaseId lease : std::exchange(leases_, {})) {
    driver_.event(Returned{lease}, now_);
  }
}

std::vector<std::string> Stand::log() {
  return std::exchange(log_, {});
}

std::string Stand::sent() {
  return std::exchange(sent_, {});
}

std::vector<std::string> Stand::frames() {
  return frames_of(sent(), role_ == Role::client);
}

void Stand::deliver(const Action& action, core::Time) {
  std::visit([this](const auto& one) { told(one); }, action);
}

void Stand::told(const Requested& requested) {
  log_.push_back("requested:" + std::string(requested.head.target));
  if (decides_) {
    EXPECT_TRUE(driver_.command(Command(Accept{id_, subprotocol, {}}), now_));
  }
}
void Stand::told(const Opened& opened) {
  log_.push_back("opened:" + std::string(opened.subprotocol) + (opened.deflate ? ":deflate" : ""));
}
void Stand::told(const Failed& failed) {
  log_.push_back("failed:" + std::string(to_string(failed.fault)) + ":" +
                 std::to_string(failed.status));
}
void Stand::told(const Message& message) {
  log_.push_back((message.kind == Kind::text ? "text:" : "binary:") +
                 std::string(core::text_of(message.octets)));
  if (echoes) {
    EXPECT_TRUE(driver_.command(Send{id_, message.kind, message.octets, true}, now_));
  }
  if (message.lease != 0 && hold_) {
    leases_.push_back(message.lease);
  } else if (message.lease != 0) {
    driver_.event(Returned{message.lease}, now_);
  }
}
void Stand::told(const Pinged& pinged) {
  log_.push_back("pinged:" + number(pinged.octets));
}
void Stand::told(const Ponged& ponged) {
  log_.push_back("ponged:" + number(ponged.octets));
}
void Stand::told(const HasOctets& has) {
  EXPECT_FALSE(engine_.waiting(has.connection).empty());
}
void Stand::told(const Ready&) {
  log_.emplace_back("ready");
}
void Stand::told(const Closed& closed) {
  log_.push_back("closed:" + std::to_string(closed.code) + ":" + std::string(closed.reason) +
                 (closed.clean ? ":clean" : ""));
}
void Stand::told(const HangUp& hang_up) {
  log_.emplace_back(hang_up.at_once ? "hangup:at once" : "hangup");
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return text;
}

}  // namespace strowger::websocket
