// Media without sound: keeps what each port was told, tells what a real one would.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/loop.hpp"
#include "media/service.hpp"

namespace strowger::exchange {

class FakeMedia final : public media::Service {
 public:
  explicit FakeMedia(io::Loop& loop) : loop_(loop) {}

  media::Result<media::OpenedPort> open(const media::PortOptions& options,
                                        media::EventSink& sink) override;
  void close(media::PortId port) override;
  void set_remote(media::PortId, const media::Remote&) override {}
  void bridge(media::PortId a, media::PortId b) override;
  void unbridge(media::PortId port) override;
  void echo(media::PortId port, bool on) override;
  media::Result<media::ConferenceId> open_conference(media::PortId near) override;
  void close_conference(media::ConferenceId conference) override;
  void join_conference(media::PortId port, media::ConferenceId conference,
                       const media::SeatOptions& seat) override;
  void leave_conference(media::PortId port) override;
  media::Result<void> announce(media::ConferenceId conference,
                               std::vector<media::Sound> sounds) override;
  media::Result<void> play(media::PortId port, std::vector<media::Sound> sounds, media::Tag tag,
                           bool repeat) override;
  void stop_playing(media::PortId port) override;
  void send_dtmf(media::PortId, std::string_view, core::Duration, core::Duration, media::DtmfMode,
                 media::Tag) override {}
  void detect_inband_dtmf(media::PortId, bool) override {}
  [[nodiscard]] media::Quality quality(media::PortId port) const override;

  // ---- for tests
  struct Port {
    media::EventSink* sink = nullptr;
    std::optional<media::PortId> partner;
    bool echo = false;
    std::optional<media::ConferenceId> conference;
    media::SeatOptions seat;
    std::string playing;  // "hello+digits/1", "tone:ring", "music:default"; empty: nothing
    media::Tag tag = 0;
    std::uint64_t play_number = 0;
  };
  /// Null: closed, or never opened.
  [[nodiscard]] Port* find(media::PortId port);
  [[nodiscard]] std::size_t open_ports() const { return ports_.size(); }
  void press(media::PortId port, char digit);
  void time_out(media::PortId port);
  void talks(media::PortId port, bool on);
  [[nodiscard]] std::size_t open_conferences() const { return conferences_.size(); }
  /// What was announced to conferences, in order.
  [[nodiscard]] const std::vector<std::string>& announced() const { return announced_; }
  /// Everything played so far, in order, over all ports.
  [[nodiscard]] const std::vector<std::string>& played() const { return played_; }

  std::set<std::string> missing_files;
  bool lose_port_closed = false;  // the report of a closed port gets lost
  int invalid_ports = 0;          // commands to a port that can't be
  core::Duration sound_length = core::seconds(1);

 private:
  void end_playing(media::PortId id, Port& port, bool completed);
  Port* commanded(media::PortId port);

  io::Loop& loop_;
  std::uint32_t last_port_ = 0;
  std::uint64_t last_play_ = 0;
  std::map<media::PortId, Port> ports_;
  std::vector<std::string> played_;
  std::uint32_t last_conference_ = 0;
  std::set<media::ConferenceId> conferences_;
  std::vector<std::string> announced_;
};

}  // namespace strowger::exchange
