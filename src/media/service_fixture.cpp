#include "media/service_fixture.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <poll.h>
#include <sys/socket.h>

#include "io/socket_address.hpp"

namespace strowger::media {
namespace {

namespace fs = std::filesystem;

io::Descriptor bound(const core::Address& address) {
  const bool six = address.family == core::Address::Family::ipv6;
  io::Descriptor fd(::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  sockaddr_storage storage{};
  const auto length = io::to_sockaddr(address, storage);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&storage), length) != 0) {
    fd.reset();
  }
  return fd;
}

void send_to(int fd, const core::Address& to, core::Octets octets) {
  sockaddr_storage storage{};
  const auto length = io::to_sockaddr(to, storage);
  EXPECT_EQ(::sendto(fd, octets.data(), octets.size(), 0,
                     reinterpret_cast<const sockaddr*>(&storage), length),
            static_cast<ssize_t>(octets.size()));
}

std::vector<Bytes> take_all(int fd) {
  std::vector<Bytes> all;
  std::array<core::Octet, 4096> room{};
  ssize_t size = 0;
  while ((size = ::recv(fd, room.data(), room.size(), MSG_DONTWAIT)) >= 0) {
    all.emplace_back(room.begin(), room.begin() + size);
  }
  return all;
}

/// 60 ms of samples of one value, as raw signed linear.
void write_sln(const std::string& path, std::int16_t value, int samples) {
  std::ofstream file(path, std::ios::binary);
  for (int i = 0; i < samples; ++i) {
    file.put(static_cast<char>(value & 0xFF)).put(static_cast<char>(value >> 8));
  }
}

}  // namespace

Bytes frame(core::Octet octet, std::size_t samples) {
  return Bytes(samples, octet);
}

Phone::Phone(const char* host) {
  // Any free port with a free one above it.
  while (!rtcp_.valid()) {
    rtp_ = bound(*core::Address::parse(host, 0));
    address_ = io::local_address(rtp_.get());
    rtcp_ = bound(address_.with_port(static_cast<std::uint16_t>(address_.port + 1U)));
  }
}

void Phone::send(const core::Address& to, const rtp::Header& header, const Bytes& payload) {
  Bytes packet(rtp::header_octets);
  rtp::write_header(header, packet);
  packet.insert(packet.end(), payload.begin(), payload.end());
  send_to(rtp_.get(), to, packet);
}

void Phone::send_raw(const core::Address& to, const Bytes& datagram) {
  send_to(rtp_.get(), to, datagram);
}

void Phone::say(const core::Address& to, const Bytes& payload) {
  send(to, {false, payload_type, sequence, timestamp, rtp::Ssrc(ssrc)}, payload);
  ++sequence;
  timestamp += static_cast<std::uint32_t>(payload.size());
}

void Phone::send_rtcp(const core::Address& to, core::Octets packet) {
  send_to(rtcp_.get(), to.with_port(static_cast<std::uint16_t>(to.port + 1U)), packet);
}

std::vector<Heard> Phone::hear() {
  std::vector<Heard> heard;
  for (const Bytes& datagram : take_all(rtp_.get())) {
    const auto packet = rtp::parse(datagram);
    EXPECT_TRUE(packet);
    heard.push_back({packet->header, Bytes(packet->payload.begin(), packet->payload.end())});
  }
  return heard;
}

bool Phone::wait(core::Duration longest) const {
  pollfd readable{rtp_.get(), POLLIN, 0};
  return ::poll(&readable, 1, static_cast<int>(longest.milliseconds())) == 1;
}

std::vector<Bytes> Phone::hear_rtcp() {
  return take_all(rtcp_.get());
}

std::string ServiceTest::make_folder() {
  std::string name = (fs::temp_directory_path() / "strowger-media-XXXXXX").string();
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path folder(name);
  fs::create_directories(folder / "sounds");
  fs::create_directories(folder / "music");
  write_sln((folder / "sounds" / "short.sln").string(), 1000, 480);
  write_sln((folder / "music" / "loop.sln").string(), 4000, 8000);
  return folder.string();
}

ServiceConfig ServiceTest::config(const std::string& folder, std::uint32_t shards) {
  ServiceConfig config;
  config.first_port = 40'000;
  config.last_port = 49'998;
  config.max_ports = 16;
  config.shards = shards;
  config.sound_folders = {folder + "/sounds"};
  config.music_folders = {{"default", folder + "/music"}};
  std::uint64_t random = 0x1234'5678'9ABC'DEF0;
  config.random = [random]() mutable { return random += 0x1111'2222'3333; };
  return config;
}

ServiceTest::ServiceTest(std::uint32_t shards)
    : folder_(make_folder()), service_(config(folder_, shards), clock_) {}

ServiceTest::~ServiceTest() {
  fs::remove_all(folder_);
}

OpenedPort ServiceTest::open(core::Duration timeout, core::Duration hold_timeout) {
  PortOptions options;
  options.local = core::Address::ipv4(127, 0, 0, 1, 0);
  options.timeout = timeout;
  options.hold_timeout = hold_timeout;
  const auto port = service_.open(options, events_);
  EXPECT_TRUE(port);
  return port.value_or(OpenedPort{});
}

void ServiceTest::set_remote(const OpenedPort& port, const Phone& phone, Remote remote) {
  remote.rtp = phone.address();
  service_.set_remote(port.id, remote);
  run();
}

OpenedPort ServiceTest::open_for(const Phone& phone, Remote remote) {
  const OpenedPort port = open();
  set_remote(port, phone, remote);
  return port;
}

void ServiceTest::run(unsigned ticks) {
  service_.turn(0);
  for (unsigned i = 0; i < ticks; ++i) {
    clock_.advance(frame_length);
    service_.turn(1);
  }
}

void ServiceTest::talk(Phone& phone, const OpenedPort& port, unsigned packets,
                       const Bytes& payload) {
  for (unsigned i = 0; i < packets; ++i) {
    phone.say(port.local, payload);
    run(1);
  }
}

}  // namespace strowger::media
