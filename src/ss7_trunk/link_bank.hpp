// All lines and signalling links of one real-time thread: lines are moved, HDLC and MTP2 run, and
// what comes of it lies in FIFOs. Pure: time is an argument, the thread is somebody else's
// (mtp_thread.hpp in the program, a simulated clock in tests).
//
// `add_line` and `add_link` are for a normal thread, before the first tick. `tick` is for one
// thread, real-time class: it neither locks, allocates, formats nor waits. A link's Mailbox is for
// whoever reads and writes it, see mailbox.hpp. Everything marked so may be asked by any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "rt/wakeup.hpp"
#include "ss7_trunk/capture_tap.hpp"
#include "ss7_trunk/link_runner.hpp"
#include "ss7_trunk/mailbox.hpp"
#include "tdm/line_mover.hpp"

namespace strowger::ss7_trunk {

/// A line as any thread may see it, as new as the last tick.
struct LineFigures {
  tdm::Alarms alarms;
  tdm::LineCounters counters;
};

class LinkBank {
 public:
  explicit LinkBank(const MailboxSize& size = {});
  ~LinkBank();
  LinkBank(const LinkBank&) = delete;
  LinkBank& operator=(const LinkBank&) = delete;

  // ---- set-up

  /// `line` and `listener` (null: nobody) outlive the bank. Returns the line's index.
  std::size_t add_line(tdm::Line& line, core::Octet idle,
                       tdm::LineMover::AlarmListener* listener = nullptr);
  /// A link in a timeslot of a line, counted from 0 within the line. False, and no link, where
  /// there is no such timeslot or somebody lives there.
  bool add_link(std::size_t line, std::size_t timeslot, const ss7::mtp2::Config& config);
  /// A link whose frames somebody below makes; `port` outlives the bank.
  void add_link(tdm::FramePort& port, const ss7::mtp2::Config& config);
  /// Somebody else (a channel's audio), who outlives the bank. False as above.
  bool occupy(std::size_t line, std::size_t timeslot, tdm::Timeslot& occupant);

  // ---- the ticking thread

  /// Every millisecond, each at its own time.
  void tick(core::Time now);

  // ---- any thread

  [[nodiscard]] std::size_t links() const { return links_.size(); }
  [[nodiscard]] std::size_t lines() const { return lines_.size(); }
  [[nodiscard]] Mailbox& mailbox(LinkNumber link) { return links_[link.value()]->mailbox; }
  [[nodiscard]] const ss7::mtp2::Config& config(LinkNumber link) const {
    return links_[link.value()]->runner.link().config();
  }
  [[nodiscard]] CaptureTap& tap() { return tap_; }
  /// Sleeps on it: whoever reads the mailboxes. Notified after a tick in which something went up.
  [[nodiscard]] rt::Wakeup& wakeup() { return wakeup_; }
  [[nodiscard]] LineFigures line_figures(std::size_t line) const;
  /// What the ticking thread touches beside its stack: for rt::ThreadOptions::pools.
  [[nodiscard]] std::vector<std::span<std::byte>> memory();

 private:
  struct LinkSlot {
    LinkSlot(LinkNumber number, const ss7::mtp2::Config& config, const MailboxSize& size,
             CaptureTap& tap)
        : mailbox(size), runner(number, config, mailbox, tap) {}
    Mailbox mailbox;
    LinkRunner runner;
    tdm::FramePort* port = nullptr;  // null: it lives in a timeslot
  };
  struct LineSlot {
    LineSlot(tdm::Line& moved, core::Octet idle, tdm::LineMover::AlarmListener* listener)
        : line(moved), mover(moved, idle, listener) {}
    void publish();
    tdm::Line& line;
    tdm::LineMover mover;
    std::array<std::atomic<std::uint64_t>, 5> figures{};
  };

  MailboxSize size_;
  CaptureTap tap_;
  std::vector<std::unique_ptr<LineSlot>> lines_;
  std::vector<std::unique_ptr<LinkSlot>> links_;
  rt::Wakeup wakeup_;
};

}  // namespace strowger::ss7_trunk
