// One end of a line with a signalling link in it, and whoever uses the link: for tests on a clock
// of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ss7_trunk/link_bank.hpp"
#include "ss7_trunk/link_desk.hpp"

namespace strowger::ss7_trunk::test {

inline constexpr LinkNumber first_link{0};

/// Keeps what it hears.
class Recorder final : public LinkUser {
 public:
  void on_message(LinkNumber link, core::Octets message) override;
  void on_indication(LinkNumber link, const LinkIndication& indication) override;
  void on_retrieved(LinkNumber link, core::Octets message) override;

  [[nodiscard]] std::size_t count(ss7::mtp2::Action::Kind kind) const;

  std::vector<std::string> messages;
  std::vector<std::string> retrieved;
  std::vector<LinkIndication> indications;
};

/// A bank with one link, its desk, and a recorder.
class BankEnd {
 public:
  BankEnd(tdm::Line& line, std::size_t timeslot, const ss7::mtp2::Config& config = {},
          const MailboxSize& size = {});

  /// A tick within a real-time section, and the desk's turn unless it is stalled.
  void tick(core::Time now);
  bool send(const std::string& text) {
    return desk.send(first_link, core::octets_of(text)).has_value();
  }
  [[nodiscard]] bool in_service() const;
  /// As the link says itself, with two ticks of its own.
  [[nodiscard]] LinkReport report(core::Time now);

  LinkBank bank;
  Recorder user;
  LinkDesk desk;
  bool stalled = false;  // the desk reads nothing
};

/// "number NNNNN" and a filling.
[[nodiscard]] std::string numbered(std::size_t number, std::size_t octets = 20);

}  // namespace strowger::ss7_trunk::test
