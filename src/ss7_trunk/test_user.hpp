// Stands in for MTP3 on links under test: sends numbered messages at a rate, and checks those that
// come in: each once, in order, undamaged. The service indicator is 8, the MTP testing user part of
// Q.704 14.2.1, so that nobody takes them for calls.
//
// `on_...` and `turn` belong to the desk's thread; the rest may be called from any normal thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "ss7_trunk/link_desk.hpp"

namespace strowger::ss7_trunk {

struct TestFigures {
  std::uint64_t rate = 0;        // messages a second, now
  std::uint64_t sent = 0;        // given to the link
  std::uint64_t held = 0;        // times that the link had no room: sent later
  std::uint64_t received = 0;    // in order
  std::uint64_t missing = 0;     // numbers that were passed over
  std::uint64_t repeated = 0;    // numbers that came again, or late
  std::uint64_t damaged = 0;     // test messages whose filling is wrong
  std::uint64_t others = 0;      // messages that are no test messages
  std::uint64_t in_service = 0;  // times that the link came into service

  bool operator==(const TestFigures&) const = default;
};

class TestUser final : public LinkUser {
 public:
  static constexpr std::size_t least_octets = 16;  // SIO, label, run, number, a filling
  static constexpr std::uint64_t most_rate = 1'000;

  explicit TestUser(std::size_t links) : links_(links) {}
  /// Before the first turn.
  void attach(LinkDesk& desk) { desk_ = &desk; }

  /// Messages of `octets` (least_octets to mtp2::max_message_octets) at `rate` a second (up to
  /// most_rate) whenever the link is in service; 0 ends it. Numbers begin at 0 with each start, and
  /// each time that the link comes into service; figures go on.
  void send(LinkNumber link, std::uint64_t rate, std::size_t octets = 40);
  [[nodiscard]] TestFigures figures(LinkNumber link) const;
  [[nodiscard]] bool in_service(LinkNumber link) const;

  // ---- the desk's thread

  void on_message(LinkNumber link, core::Octets message) override;
  void on_indication(LinkNumber link, const LinkIndication& indication) override;
  void on_retrieved(LinkNumber link, core::Octets message) override;
  void turn(core::Time now);
  /// Whether anything is to be sent: then `turn` is called every few milliseconds.
  [[nodiscard]] bool busy() const;

 private:
  struct State {
    TestFigures figures;
    bool up = false;
    std::size_t octets = 40;
    std::uint32_t run = 0;
    std::uint32_t next = 0;  // to be sent
    std::optional<core::Time> last;
    std::int64_t owed_ns = 0;  // of the second, times the rate
    std::optional<std::uint32_t> far_run;
    std::uint32_t far_next = 0;
  };
  void send_due(LinkNumber link, State& state, core::Time now);

  LinkDesk* desk_ = nullptr;
  mutable std::mutex lock_;
  std::vector<State> links_;
};

}  // namespace strowger::ss7_trunk
