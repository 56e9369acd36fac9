#include "tester.hpp"

#include <algorithm>

namespace strowger::ss7::mtp2::test {
namespace {

constexpr std::size_t octets_a_tick = 8;  // of a timeslot, in one millisecond
const std::string flag_bits = "01111110";

/// The check bits by division, and a zero after five ones: written apart from src/hdlc.
std::string frame_bits(const std::vector<core::Octet>& octets) {
  std::string plain;
  std::uint32_t remainder = 0xFFFF;
  for (const core::Octet octet : octets) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      const bool one = (static_cast<unsigned>(octet) >> bit & 1U) != 0;
      plain += one ? '1' : '0';
      const bool high = ((remainder >> 15U & 1U) != 0) != one;
      remainder = (remainder << 1U ^ (high ? 0x1021U : 0U)) & 0xFFFFU;
    }
  }
  for (unsigned power = 16; power-- > 0;) {
    plain += (remainder >> power & 1U) != 0 ? '0' : '1';
  }
  std::string stuffed;
  int ones = 0;
  for (const char bit : plain) {
    stuffed += bit;
    ones = bit == '1' ? ones + 1 : 0;
    if (ones == 5) {
      stuffed += '0';
      ones = 0;
    }
  }
  return stuffed;
}

std::string reason_text(FailureReason reason) {
  constexpr std::array<const char*, failure_reasons> names{
      "none", "SIOS", "SIO", "SIN",        "SIE",          "BSN",
      "FIB",  "T7",   "T6",  "error rate", "no alignment", "T1"};
  return names[static_cast<std::size_t>(reason)];
}

std::string action_text(const Action& action) {
  switch (action.kind) {
    case Action::Kind::in_service:
      return "in service";
    case Action::Kind::out_of_service:
      return "out of service: " + reason_text(action.reason);
    case Action::Kind::remote_processor_outage:
      return "remote out";
    case Action::Kind::remote_processor_recovered:
      return "remote recovered";
    case Action::Kind::message:
      return "heard " + std::string(core::text_of(action.message));
    case Action::Kind::bsnt:
      return "BSNT " + std::to_string(action.number);
    case Action::Kind::retrieved_message:
      return "retrieved " + std::to_string(action.message[0]);
    case Action::Kind::retrieval_complete:
      return "retrieval complete";
  }
  return {};
}

}  // namespace

void expect_time(core::Time begin, core::Time end, core::Duration wanted) {
  constexpr double tolerance_ms = 4;
  EXPECT_NEAR(static_cast<double>((end - begin).milliseconds()),
              static_cast<double>(wanted.milliseconds()), tolerance_ms);
}

Tester::Tester(Config config)
    : config_((config.disabled = mutation(), config)),
      format_{config.numbers},
      link_(config_, room_),
      a_receiver_({format_.header_octets(), format_.header_octets() + max_message_octets}),
      b_receiver_({format_.header_octets(), format_.header_octets() + max_message_octets}),
      steady_{""} {
  bsn = fsn = format_.mask();
}

template <class Call>
void Tester::with_actions(Call&& call) {
  core::Actions<Action> actions(records_, arena_);
  call(actions);
  EXPECT_EQ(actions.refused(), 0U);
  for (const Action& action : actions.all()) {
    note(action_text(action));
  }
}

void Tester::note(const std::string& text) {
  story_.push_back(text);
  events_.push_back({text, now_});
}

void Tester::note_unit(const std::string& text) {
  units_.push_back(text);
  if (text != last_unit_) {
    note(text);
  }
  last_unit_ = text;
}

bool Tester::order(Kind kind, std::uint16_t fsnc) {
  bool provided = false;
  with_actions([&](auto& actions) {
    provided = link_.command({kind, {}, fsnc}, now_, actions).has_value();
  });
  return provided;
}

bool Tester::message(std::size_t octets) {
  std::vector<core::Octet> message(octets, 0x55);
  message[0] = messages_++;
  bool taken = false;
  with_actions([&](auto& actions) {
    taken = link_.command({Kind::message, message, 0}, now_, actions).has_value();
  });
  return taken;
}

LineUnit Tester::unit(const std::vector<core::Octet>& behind, std::uint16_t number) const {
  std::vector<core::Octet> octets;
  const std::size_t length = std::min(behind.size(), format_.most_length());
  const auto put = [&](std::size_t value, bool bit) {
    const bool wide = format_.wide();
    octets.push_back(static_cast<core::Octet>(wide ? value : value | (bit ? 0x80U : 0U)));
    if (wide) {
      octets.push_back(static_cast<core::Octet>(value >> 8U | (bit ? 0x80U : 0U)));
    }
  };
  put(bsn, bib);
  put(number, fib);
  put(length, false);
  octets.insert(octets.end(), behind.begin(), behind.end());
  return frame(octets);
}

LineUnit Tester::status(std::uint8_t value, std::size_t octets) const {
  std::vector<core::Octet> field(octets, 0);
  field[0] = value;
  return unit(field, fsn);
}
LineUnit Tester::fisu() const {
  return unit({}, fsn);
}
LineUnit Tester::msu_as_is(const std::string& text) const {
  return unit({text.begin(), text.end()}, fsn);
}
LineUnit Tester::msu(const std::string& text) {
  fsn = static_cast<std::uint16_t>((fsn + 1U) & format_.mask());
  return msu_as_is(text);
}
LineUnit Tester::frame(const std::vector<core::Octet>& octets) {
  return {frame_bits(octets)};
}
LineUnit Tester::damaged(LineUnit unit) {
  // The third bit of the first number, which ones do not surround: no flag and no abort comes of
  // it.
  unit.bits[2] = unit.bits[2] == '0' ? '1' : '0';
  return unit;
}

/// The next unit of B's line with the flags before it.
std::string Tester::next_bits() {
  LineUnit next = steady_;
  if (!once_.empty()) {
    next = once_.front();
    once_.pop_front();
  }
  if (!next.bits.empty() && next.bits[0] == '*') {
    return next.bits.substr(1);
  }
  if (next.bits == "11111111") {
    return next.bits;
  }
  std::string bits;
  for (std::size_t i = 0; i < std::max<std::size_t>(flags, 1); ++i) {
    bits += flag_bits;
  }
  return bits + next.bits;
}

void Tester::tick() {
  std::array<core::Octet, octets_a_tick> to_b{};
  a_transmitter_.transmit(to_b,
                          [&](core::MutableOctets room) { return link_.transmit(room, now_); });
  b_receiver_.input(to_b, [&](const hdlc::ReceiverEvent& event) { hear(event); });

  std::array<core::Octet, octets_a_tick> to_a{};
  for (std::size_t bit = 0; bit < 8 * octets_a_tick; ++bit) {
    while (at_ == bits_.size()) {
      bits_ = next_bits();
      at_ = 0;
    }
    if (bits_[at_++] == '1') {
      to_a[bit / 8] = static_cast<core::Octet>(to_a[bit / 8] | 0x80U >> bit % 8);
    }
  }
  a_receiver_.input(to_a, [&](const hdlc::ReceiverEvent& event) {
    with_actions([&](auto& actions) {
      if (event.kind == hdlc::ReceiverEvent::Kind::frame) {
        link_.input(event.frame, {}, now_, actions);
      } else if (hdlc::is_unit_in_error(event.kind)) {
        link_.event(LineEvent::unit_in_error, now_, actions);
      }
    });
  });
  now_ += core::milliseconds(1);
  if (const auto deadline = link_.next_deadline(); deadline && *deadline <= now_) {
    with_actions([&](auto& actions) { link_.expire(now_, actions); });
  }
}

std::string Tester::numbers(const Header& header) const {
  if (header == Header{format_.mask(), format_.mask(), true, true}) {
    return "";
  }
  return " " + std::to_string(header.bib) + "-" + std::to_string(header.bsn) + " " +
         std::to_string(header.fib) + "-" + std::to_string(header.fsn);
}

void Tester::hear(const hdlc::ReceiverEvent& event) {
  if (event.kind != hdlc::ReceiverEvent::Kind::frame) {
    if (event.kind != hdlc::ReceiverEvent::Kind::octets) {
      note("A's line is damaged");
    }
    return;
  }
  const auto unit = parse(event.frame, format_);
  if (!unit) {
    note("A's unit is malformed");
    return;
  }
  last_header_ = unit->header;
  if (unit->kind == SignalUnit::Kind::status) {
    constexpr std::array<const char*, 8> names{"SIO",  "SIN", "SIE", "SIOS",
                                               "SIPO", "SIB", "6",   "7"};
    const std::size_t octets = event.frame.size() - format_.header_octets();
    note_unit(names[unit->status] + std::string(octets == 2 ? " of two" : ""));
  } else if (unit->kind == SignalUnit::Kind::fill_in) {
    note_unit("FISU" + numbers(unit->header));
  } else {
    note_unit("MSU" + numbers(unit->header));
    if (acknowledges) {
      bsn = unit->header.fsn;
      line(fisu());
    }
  }
}

void Tester::run(core::Duration time) {
  for (const core::Time end = now_ + time; now_ < end;) {
    tick();
  }
}

void Tester::until(const std::string& text, core::Duration limit) {
  const core::Time end = now_ + limit;
  const std::size_t before = events_.size();
  const auto come = [&] {
    return std::any_of(events_.begin() + static_cast<std::ptrdiff_t>(before), events_.end(),
                       [&](const Event& event) { return event.text == text; });
  };
  while (!come()) {
    if (now_ >= end) {
      ADD_FAILURE() << text << " did not come; story: " << ::testing::PrintToString(story_);
      return;
    }
    tick();
  }
}

void Tester::until_sent() {
  while (!once_.empty()) {
    tick();
  }
  // What was last taken up goes on the line, and what A answers comes back.
  run(core::milliseconds(5) +
      core::microseconds(static_cast<std::int64_t>(125 * (bits_.size() / 8 + 1))));
}

Story Tester::take() {
  Story story = std::move(story_);
  story_.clear();
  return story;
}

core::Time Tester::when(const std::string& text) const {
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    if (event->text == text) {
      return event->time;
    }
  }
  ADD_FAILURE() << text << " never came";
  return {};
}

int Tester::times(const std::string& text) const {
  return static_cast<int>(std::count(units_.begin(), units_.end(), text));
}

void Tester::power_on() {
  line(sios());
  EXPECT_TRUE(order(Kind::power_on));
  until("SIOS");
}

void Tester::to_aligned() {
  power_on();
  EXPECT_TRUE(order(Kind::start));
  until("SIO");
  line(sio());
  until("SIN");
}

void Tester::to_proving() {
  to_aligned();
  line(sin());
  run(core::milliseconds(10));
}

void Tester::to_aligned_ready() {
  to_proving();
  until("FISU");
}

void Tester::to_aligned_not_ready() {
  power_on();
  EXPECT_TRUE(order(Kind::local_processor_outage));
  EXPECT_TRUE(order(Kind::start));
  until("SIO");
  line(sio());
  until("SIN");
  line(sin());
  until("SIPO");
  EXPECT_EQ(take(), (Story{"SIOS", "SIO", "SIN", "SIPO"}));
}

void Tester::to_service() {
  to_aligned_ready();
  line(fisu());
  until("in service");
  run(core::milliseconds(10));
  EXPECT_EQ(take(), (Story{"SIOS", "SIO", "SIN", "FISU", "in service"}));
}

}  // namespace strowger::ss7::mtp2::test
