// One RTP session of one leg, as the media thread sees it.
//
// A normal thread makes it, with its sockets, and hands it over; from then on it belongs to the
// media thread until its `closing` job comes back. Only `id`, `local` and `quality` may be asked by
// other threads. Nothing in it allocates, locks or waits once it is made.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include <netinet/in.h>

#include "core/address.hpp"
#include "io/descriptor.hpp"
#include "media/concealer.hpp"
#include "media/conference.hpp"
#include "media/dtmf.hpp"
#include "media/dtmf_sender.hpp"
#include "media/jitter_buffer.hpp"
#include "media/peer_filter.hpp"
#include "media/playlist.hpp"
#include "media/published_quality.hpp"
#include "media/room.hpp"
#include "media/service.hpp"
#include "rtp/out_stream.hpp"
#include "rtp/reception.hpp"
#include "rtp/telephone_event.hpp"

namespace strowger::media {

struct PortSetup {
  PortId id;
  io::Descriptor rtp_socket;
  io::Descriptor rtcp_socket;
  core::Address local;
  core::Duration timeout;
  core::Duration hold_timeout;
  std::uint64_t random = 0;  // SSRC, first sequence number, first time stamp
};

class Port {
 public:
  explicit Port(PortSetup setup);
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  // ---- any thread
  [[nodiscard]] PortId id() const { return setup_.id; }
  [[nodiscard]] const core::Address& local() const { return setup_.local; }
  [[nodiscard]] Quality quality() const { return published_.read(); }

  // ---- the media thread: commands
  void set_remote(const Remote& remote, const Room& room);
  static void bridge(Port& a, Port& b);
  void unbridge();
  void join(Conference& conference, const SeatOptions& seat);
  void leave_conference();
  [[nodiscard]] const Conference* conference() const { return seat_.conference(); }
  void set_echo(bool on) { echo_ = on; }
  void play(PlayJob& job, const Room& room);
  void stop_playing(const Room& room);
  void send_dtmf(DtmfJob& job) { dtmf_.add(job); }
  void detect_dtmf(bool on);
  /// Out of bridge and conference, for another shard.
  void depart();
  /// Settled on another shard than `from`: the job that says so.
  [[nodiscard]] Job& arrive(std::uint32_t from);
  /// Says goodbye, gives every job back and the port itself last.
  void close(const Room& room);

  // ---- the media thread: what arrived
  [[nodiscard]] int rtp_descriptor() const { return setup_.rtp_socket.get(); }
  [[nodiscard]] int rtcp_descriptor() const { return setup_.rtcp_socket.get(); }
  /// The datagram may be changed in place.
  void receive_rtp(core::MutableOctets datagram, const core::Address& from, const Room& room);
  void receive_rtcp(core::Octets datagram, const core::Address& from, const Room& room);

  // ---- the media thread: every 20 ms, first `listen` of every port of the slot, then `speak`
  void listen(const Room& room);
  void speak(const Room& room);

  /// When its next frame is due, kept by the shard: a port that comes from another shard keeps its
  /// beat.
  core::Time due;

 private:
  struct Target {
    sockaddr_storage address;
    socklen_t length = 0;  // 0: nowhere to send
  };
  static constexpr std::size_t most_packet_samples = 480;  // 60 ms

  // port.cpp
  [[nodiscard]] bool speaks() const;
  [[nodiscard]] bool listens() const;
  [[nodiscard]] bool passes_on_arrival() const;
  [[nodiscard]] bool listens_on_tick() const;
  void forget_heard();
  void aim();
  void end_play(bool completed, const Room& room);

  // port_in.cpp
  [[nodiscard]] bool admit(const rtp::Header& header, const core::Address& from, const Room& room);
  void take_audio(const rtp::Header& header, core::MutableOctets payload, Codec law, bool anew,
                  const Room& room);
  void hear(const rtp::Header& header, core::Octets payload, Codec law, bool anew,
            const Room& room);
  void hear_frame(const Room& room);
  void take_event(const rtp::Header& header, core::MutableOctets payload, bool anew,
                  const Room& room);
  void digit_heard(rtp::Digit digit, bool as_event, const Room& room);
  [[nodiscard]] std::uint64_t origin(const rtp::Header& header) const;

  // port_out.cpp
  void pass_on(std::uint64_t origin, const rtp::Header& header, core::MutableOctets payload,
               bool anew, std::uint8_t payload_type, const Room& room);
  [[nodiscard]] bool speak_dtmf(std::span<Sample> audio, const Room& room);
  [[nodiscard]] bool speak_sound(Frame& audio, const Room& room);
  void send_audio(std::span<const Sample> audio, const Room& room);
  void send_rtp(core::Octets packet, const Room& room);

  // port_report.cpp
  void report(bool goodbye, const Room& room);
  void plan_report(core::Time now);
  void watch_silence(const Room& room);
  [[nodiscard]] Quality measured() const;

  PortSetup setup_;
  Remote remote_;
  bool has_remote_ = false;
  bool echo_ = false;
  bool detects_ = false;
  bool silence_reported_ = false;
  Port* partner_ = nullptr;

  // What comes in.
  PeerFilter peer_;
  rtp::Reception reception_;
  rtp::EventReceiver events_;
  core::Time last_heard_;
  std::uint64_t octets_received_ = 0;
  std::uint64_t strange_ = 0;
  JitterBuffer jitter_;
  Concealer concealer_;
  DtmfDetector detector_;
  Frame heard_{};  // this tick's, where `heard_ready_`
  bool heard_ready_ = false;

  // What goes out.
  rtp::OutStream out_;
  Target rtp_target_{};
  Target rtcp_target_{};
  core::Address rtcp_peer_;  // where the peer's RTCP really came from
  Player player_;
  PlayJob* play_job_ = nullptr;
  DtmfSender dtmf_;
  bool dtmf_holds_ = false;  // digits are being sent: nothing else is
  bool generating_ = false;  // the last tick made audio
  Seat seat_;
  std::array<core::Octet, rtp::header_octets + most_packet_samples + tick_samples> pending_{};
  std::size_t pending_samples_ = 0;

  // Reports.
  std::uint64_t random_;
  core::Time next_report_;
  std::uint64_t packets_reported_ = 0;
  core::Duration round_trip_;
  std::uint32_t ticks_to_publish_ = 0;
  PublishedQuality published_;
  Job closing_{Job::Kind::closed};
  Job moved_{Job::Kind::moved};
};

}  // namespace strowger::media
