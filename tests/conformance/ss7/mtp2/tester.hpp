// The tester of Q.781: it plays signalling point B against the link under test, A, over a line of
// 64 kbit/s each way on virtual time, unit by unit and octet by octet. It speaks level 2 by an
// encoder of its own, plays A's level 3, and writes down all that A sends and says, and when.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hdlc/receiver.hpp"
#include "hdlc/transmitter.hpp"
#include "ss7/mtp2/link.hpp"

namespace strowger::ss7::mtp2::test {

using Kind = Command::Kind;
using Story = std::vector<std::string>;

/// Fails the test where `end` is not `wanted` after `begin`, give or take the units that were under
/// way on both lines.
void expect_time(core::Time begin, core::Time end, core::Duration wanted);

/// The names of what the mutation check may switch off, and what the environment asks for.
[[nodiscard]] std::vector<std::string> mutation_names();
[[nodiscard]] std::optional<Disabled> mutation();

/// A unit of B's as it goes on the line, between flags or in place of them.
struct LineUnit {
  std::string bits;
};

class Tester {
 public:
  explicit Tester(Config config = config_64_kbit());

  // --- A's level 3 ---
  /// Whether A's state provided for it.
  bool order(Kind kind, std::uint16_t fsnc = 0);
  /// A message of `octets` octets that begins with its number; they count from 0.
  bool message(std::size_t octets = 8);

  // --- B's line ---
  // B's numbers, for units made from now on.
  std::uint16_t bsn;
  std::uint16_t fsn;
  bool bib = true;
  bool fib = true;
  [[nodiscard]] LineUnit status(std::uint8_t value, std::size_t octets = 1) const;
  [[nodiscard]] LineUnit sio() const { return status(0); }
  [[nodiscard]] LineUnit sin() const { return status(1); }
  [[nodiscard]] LineUnit sie() const { return status(2); }
  [[nodiscard]] LineUnit sios() const { return status(3); }
  [[nodiscard]] LineUnit sipo() const { return status(4); }
  [[nodiscard]] LineUnit sib() const { return status(5); }
  [[nodiscard]] LineUnit fisu() const;
  /// With the number fsn + 1, which becomes fsn; `text` says in A's story which it is.
  [[nodiscard]] LineUnit msu(const std::string& text = "hello");
  /// Without making it the next: numbers as they are.
  [[nodiscard]] LineUnit msu_as_is(const std::string& text = "hello") const;
  /// Its check bits are wrong.
  [[nodiscard]] static LineUnit damaged(LineUnit unit);
  /// A frame of these octets.
  [[nodiscard]] static LineUnit frame(const std::vector<core::Octet>& octets);

  /// B sends nothing but this from the next unit on, over and over.
  void line(const LineUnit& unit) { steady_ = unit; }
  /// B's transmission path is cut: ones.
  void cut() { steady_ = {"11111111"}; }
  /// Once, before B goes on.
  void send(const LineUnit& unit) { once_.push_back(unit); }
  /// One bit for bit without flags.
  void send_bits(const std::string& bits) { once_.push_back({"*" + bits}); }
  /// B acknowledges what A sends, in its fill-in units.
  bool acknowledges = false;
  /// Flags between B's units.
  std::size_t flags = 1;

  // --- time ---
  void run(core::Duration time);
  /// Until A's story has grown to end in this; fails the test where that does not come in time.
  void until(const std::string& text, core::Duration limit = core::seconds(60));
  /// Until B has nothing left to send once, and A has heard it.
  void until_sent();
  [[nodiscard]] core::Time now() const { return now_; }

  // --- what came of it ---
  /// A's units, each once until another one follows, and A's indications. FISU and MSU with their
  /// numbers, BIB-BSN FIB-FSN, unless these are what they are at the start.
  [[nodiscard]] const Story& story() const { return story_; }
  /// The same, and then forgets it.
  Story take();
  /// When the last event of that text came.
  [[nodiscard]] core::Time when(const std::string& text) const;
  /// How often A's unit of that text came, repetitions included.
  [[nodiscard]] int times(const std::string& text) const;
  [[nodiscard]] const std::optional<Header>& last_header() const { return last_header_; }
  [[nodiscard]] Link& link() { return link_; }
  [[nodiscard]] Counters counters() const { return link_.counters(now_); }

  // --- well-trodden ways ---
  /// Powers A on, with SIOS from B.
  void power_on();
  /// To Aligned, Proving, Aligned ready (B still proves) and In service.
  void to_aligned();
  void to_proving();
  void to_aligned_ready();
  /// To Aligned not ready: A's processor is out. Forgets the story.
  void to_aligned_not_ready();
  /// To In service, and forgets the story.
  void to_service();

 private:
  struct Event {
    std::string text;
    core::Time time;
  };

  void tick();
  void hear(const hdlc::ReceiverEvent& event);
  void note(const std::string& text);
  void note_unit(const std::string& text);
  void deliver();
  [[nodiscard]] std::string next_bits();
  [[nodiscard]] LineUnit unit(const std::vector<core::Octet>& behind, std::uint16_t number) const;
  [[nodiscard]] std::string numbers(const Header& header) const;
  template <class Call>
  void with_actions(Call&& call);

  Config config_;
  Format format_;
  std::array<Action, 64> records_{};
  std::array<core::Octet, 4096> arena_{};
  MessageRoom<300> room_{};
  Link link_;
  hdlc::Transmitter a_transmitter_;
  hdlc::Receiver a_receiver_;
  hdlc::Receiver b_receiver_;
  core::Time now_{};
  LineUnit steady_;
  std::deque<LineUnit> once_;
  std::string bits_;  // of B's line, from at_ on
  std::size_t at_ = 0;
  std::uint8_t messages_ = 0;
  std::string last_unit_;
  std::optional<Header> last_header_;
  std::vector<Event> events_;
  std::vector<std::string> units_;  // all of A's, for times(); short tests only
  Story story_;
};

}  // namespace strowger::ss7::mtp2::test
