// The normal side of a bank: reads what the links send up, keeps them as their users want them (a
// link that fails is aligned anew after T17 of Q.704), and takes messages and orders for them.
//
// `turn` and what it calls belong to one thread, the desk's; everything else may be called from any
// normal thread, from within a LinkUser's functions too.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ss7_trunk/link_bank.hpp"

namespace strowger::ss7_trunk {

/// Level 3: MTP3, or the test user that stands in for it. Called on the desk's thread with nothing
/// held; must not wait long, as all links wait with it. Views hold until the call returns.
class LinkUser {
 public:
  LinkUser() = default;
  LinkUser(const LinkUser&) = delete;
  LinkUser& operator=(const LinkUser&) = delete;
  virtual ~LinkUser() = default;
  /// SIO and SIF, in sequence, each once.
  virtual void on_message(LinkNumber link, core::Octets message) = 0;
  /// Those of the link, and out_of_service without a reason where `down` has taken it out, which
  /// the link itself does not tell.
  virtual void on_indication(LinkNumber link, const LinkIndication& indication) = 0;
  /// After the order retrieve_messages, oldest first; retrieval_complete follows.
  virtual void on_retrieved(LinkNumber link, core::Octets message) = 0;
};

struct LinkDeskConfig {
  /// T17 of Q.704 (16.8): from a failure to the next try to align, 800 to 1,500 ms.
  core::Duration restart_after = core::milliseconds(1'000);
};

class LinkDesk {
 public:
  /// `bank` is complete; it and `user` outlive the desk.
  LinkDesk(LinkBank& bank, LinkUser& user, const LinkDeskConfig& config = {});
  LinkDesk(const LinkDesk&) = delete;
  LinkDesk& operator=(const LinkDesk&) = delete;

  // ---- the desk's thread

  /// Reads all mailboxes, oldest first, and aligns what is due. Says how many records there were.
  std::size_t turn(core::Time now);
  [[nodiscard]] bool idle();
  /// When `turn` has something to do without a record.
  [[nodiscard]] std::optional<core::Time> next_deadline() const;

  // ---- any normal thread

  /// SIO and SIF, copied. no_room: try later (the link's MailboxFigures count it); too short or too
  /// long: never. A link that is not in service keeps it until it is aligned anew, which drops it.
  core::Result<void, ss7::mtp2::Refusal> send(LinkNumber link, core::Octets message);
  /// False: sixty-four orders wait already.
  bool order(LinkNumber link, const LinkOrder& order);
  bool order(LinkNumber link, ss7::mtp2::Command::Kind command, std::uint16_t fsnc = 0);
  /// Wanted in service from now on: aligned at once, and again after each failure. `emergency`:
  /// with the short proving period each time.
  void up(LinkNumber link, bool emergency = false);
  /// Wanted out of service: it sends SIOS until it is brought up again.
  void down(LinkNumber link);
  [[nodiscard]] bool wanted(LinkNumber link) const;
  /// Asks the link and waits; nothing where no answer came in time. Not on the desk's thread.
  [[nodiscard]] std::optional<LinkReport> report(LinkNumber link, core::Duration longest);
  /// The last report that has come, where any has.
  [[nodiscard]] std::optional<LinkReport> last_report(LinkNumber link) const;
  /// Why it failed last; `none` where it has not.
  [[nodiscard]] ss7::mtp2::FailureReason last_failure(LinkNumber link) const;

 private:
  struct Slot {
    std::mutex producers;  // of the ways down: messages and orders
    // Under `lock_`:
    bool wanted = false;
    bool emergency = false;
    bool taken_down = false;  // and nobody told yet
    std::optional<core::Time> restart_at;
    std::optional<LinkReport> report;
    std::uint64_t reports = 0;
    ss7::mtp2::FailureReason failure = ss7::mtp2::FailureReason::none;
  };
  void take(LinkNumber link, UpKind kind, core::Octets octets, core::Time now);
  void indicated(LinkNumber link, const LinkIndication& indication, core::Time now);
  void align(LinkNumber link);
  void keep_report(LinkNumber link, const LinkReport& report);
  [[nodiscard]] std::vector<LinkNumber> due(core::Time now);
  [[nodiscard]] std::vector<LinkNumber> taken_down();

  LinkBank& bank_;
  LinkUser& user_;
  LinkDeskConfig config_;
  mutable std::mutex lock_;
  std::condition_variable reported_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace strowger::ss7_trunk
