// A signalling link in its timeslot: HDLC and MTP2, driven by the tick, with the FIFOs above it.
// One thread, real-time class; nothing here locks, allocates, formats or waits after construction.
#pragma once

#include <array>
#include <cstdint>

#include "core/bounded.hpp"
#include "hdlc/receiver.hpp"
#include "hdlc/transmitter.hpp"
#include "ss7/mtp2/link.hpp"
#include "ss7_trunk/capture_tap.hpp"
#include "ss7_trunk/link_types.hpp"
#include "ss7_trunk/mailbox.hpp"
#include "tdm/frame_port.hpp"
#include "tdm/line.hpp"

namespace strowger::ss7_trunk {

/// Messages that one link keeps: 127 unacknowledged, and some that wait.
inline constexpr std::size_t messages_a_link = 160;

class LinkRunner final : public tdm::Timeslot {
 public:
  /// `mailbox` and `tap` outlive it. The link is powered on at the first tick: SIOS is sent.
  LinkRunner(LinkNumber number, const ss7::mtp2::Config& config, Mailbox& mailbox, CaptureTap& tap);

  /// A tick: orders, what came in, timers, messages from above, what goes out.
  void exchange(core::Octets in, core::MutableOctets out, core::Time now) override;
  /// The same where somebody below makes frames of the octets.
  void exchange(tdm::FramePort& port, core::Time now);

  /// Whether something has gone up since the last call.
  [[nodiscard]] bool take_news() {
    const bool news = news_;
    news_ = false;
    return news;
  }
  [[nodiscard]] const ss7::mtp2::Link& link() const { return link_; }

 private:
  using Actions = core::Actions<ss7::mtp2::Action>;
  /// How full the way up is; the far end is held back from `accept` on (Q.703 clause 9).
  enum class Pressure : std::uint8_t { none, accept, discard };

  void begin(core::Time now);
  void end();
  [[nodiscard]] bool is_message(core::Octets unit) const;
  void unit_in_error();
  void hear_frames(tdm::FramePort& port);
  void send_frames(tdm::FramePort& port);
  void carry_out_orders();
  void carry_out(const LinkOrder& order);
  void relieve();
  void hear(core::Octets unit);
  void hear(const hdlc::ReceiverEvent& event);
  void expire();
  void take_messages();
  void return_messages();
  void drop_stale();
  bool command(ss7::mtp2::Command::Kind kind, std::uint16_t fsnc = 0);
  void deliver();
  void indicate(const LinkIndication& indication);
  void flush_waiting();
  bool push(UpKind kind, core::Octets octets);
  [[nodiscard]] bool has_room_above() const;
  void report();
  void capture(bool sent, core::Octets unit);

  LinkNumber number_;
  Mailbox& mailbox_;
  CaptureTap& tap_;
  ss7::mtp2::MessageRoom<messages_a_link> room_{};
  ss7::mtp2::Link link_;
  hdlc::Receiver receiver_;
  hdlc::Transmitter transmitter_;
  std::array<ss7::mtp2::Action, ss7::mtp2::Link::max_step.records> records_{};
  std::array<core::Octet, ss7::mtp2::Link::max_step.octets> arena_{};
  Actions actions_{records_, arena_};
  /// Indications that found no room; they go before anything else does.
  core::BoundedVector<LinkIndication, 64> waiting_;
  MailboxFigures figures_;
  UnitFilter filter_;
  core::Time now_;
  Pressure pressure_ = Pressure::none;
  /// Frames alone: the unit at hand, and whether the port has yet to take it.
  std::array<core::Octet, ss7::mtp2::max_unit_octets> unit_{};
  std::size_t unit_size_ = 0;
  std::array<core::Octet, 8> heard_{};  // the last one, where it is short; 12-bit LSSU: 6 + 2
  std::size_t heard_size_ = 0;
  bool unit_waits_ = false;
  bool begun_ = false;
  bool returning_ = false;  // retrieval: the link has given all, the way down is to follow
  bool news_ = false;
};

}  // namespace strowger::ss7_trunk
