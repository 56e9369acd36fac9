// A media service without threads on a clock of the test's, and phones on real loopback sockets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/address.hpp"
#include "io/descriptor.hpp"
#include "media/media_clock.hpp"
#include "media/sharded_service.hpp"
#include "rtp/packet.hpp"

namespace strowger::media {

class ManualClock final : public MediaClock {
 public:
  [[nodiscard]] core::Time now() override { return now_; }
  [[nodiscard]] core::WallTime wall() override { return {1'700'000'000'000'000'000 + now_.ns}; }
  [[nodiscard]] std::span<const int> descriptors() const override { return {}; }
  timing::Due take() override { return {}; }
  void advance(core::Duration time) { now_ += time; }

 private:
  core::Time now_{1'000'000'000'000};
};

/// Keeps what it is told, in order.
class Events final : public EventSink {
 public:
  void on_media_event(const Event& event) override { all.push_back(event); }
  /// Those of one kind.
  template <class Kind>
  [[nodiscard]] std::vector<Kind> of() const {
    std::vector<Kind> some;
    for (const Event& event : all) {
      if (const auto* const one = std::get_if<Kind>(&event)) {
        some.push_back(*one);
      }
    }
    return some;
  }
  [[nodiscard]] std::string digits() const {
    std::string text;
    for (const auto& digit : of<DtmfReceived>()) {
      text += digit.digit;
    }
    return text;
  }

  std::vector<Event> all;
};

using Bytes = std::vector<core::Octet>;

struct Heard {
  rtp::Header header;
  Bytes payload;
};

/// A phone's RTP socket, and its RTCP socket on the port above.
class Phone {
 public:
  explicit Phone(const char* host = "127.0.0.1");

  /// One packet to `to`; sequence number and time stamp count by themselves.
  void say(const core::Address& to, const Bytes& payload);
  void send(const core::Address& to, const rtp::Header& header, const Bytes& payload);
  void send_raw(const core::Address& to, const Bytes& datagram);
  void send_rtcp(const core::Address& to, core::Octets packet);
  /// All that has arrived.
  [[nodiscard]] std::vector<Heard> hear();
  [[nodiscard]] std::vector<Bytes> hear_rtcp();
  /// Until something is there to be heard; false when nothing comes for so long.
  [[nodiscard]] bool wait(core::Duration longest = core::seconds(60)) const;

  [[nodiscard]] const core::Address& address() const { return address_; }

  std::uint8_t payload_type = 8;
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 5000;
  std::uint32_t ssrc = 0x11111111;

 private:
  io::Descriptor rtp_;
  io::Descriptor rtcp_;
  core::Address address_;
};

class ServiceTest : public testing::Test {
 public:
  explicit ServiceTest(std::uint32_t shards = 1);
  ~ServiceTest() override;

 protected:
  OpenedPort open(core::Duration timeout = {}, core::Duration hold_timeout = {});
  /// A port that talks with the phone.
  OpenedPort open_for(const Phone& phone, Remote remote = {});
  void set_remote(const OpenedPort& port, const Phone& phone, Remote remote = {});
  /// Packets and commands, then so many ticks, each after 20 ms.
  void run(unsigned ticks = 0);
  /// Each of the ticks after one packet of the phone.
  void talk(Phone& phone, const OpenedPort& port, unsigned packets, const Bytes& payload);

  std::string folder_;  // with sounds/short.wav (60 ms of 1000) and music/loop.wav
  ManualClock clock_;
  Events events_;
  ShardedService service_;

 private:
  [[nodiscard]] static std::string make_folder();
  [[nodiscard]] static ServiceConfig config(const std::string& folder, std::uint32_t shards);
};

/// A packet of 20 ms of one octet.
[[nodiscard]] Bytes frame(core::Octet octet, std::size_t samples = 160);

}  // namespace strowger::media
