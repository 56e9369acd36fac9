// Whatever is sent is heard, however the line is cut and wherever it was damaged.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hdlc/line_fixture.hpp"

namespace strowger::hdlc::test {
namespace {

/// Ones are what framing is about, so there are plenty.
Frames any_frames() {
  const auto seed = *rc::gen::inRange<std::uint32_t>(0, UINT32_MAX);
  std::minstd_rand random(seed);
  constexpr std::array<core::Octet, 6> ones{0xFF, 0x7E, 0xFC, 0x3F, 0xF8, 0x1F};
  Frames frames(1 + random() % 5);
  for (auto& frame : frames) {
    frame.resize(3 + random() % 274);
    for (core::Octet& octet : frame) {
      octet = random() % 2 == 0 ? static_cast<core::Octet>(random()) : ones[random() % ones.size()];
    }
  }
  return frames;
}

RC_GTEST_PROP(HdlcProperty, what_is_sent_is_heard_however_the_line_is_cut, ()) {
  const Frames frames = any_frames();
  TransmitterConfig config;
  config.flags_between = *rc::gen::inRange<std::uint8_t>(1, 4);
  const std::string line = sent(frames, 0, config);
  // A line that begins anywhere within an octet.
  const std::string shift(*rc::gen::inRange<std::size_t>(0, 8), '0');
  const auto octets = octets_of_line(shift + line);
  const Heard whole = heard(octets);
  RC_ASSERT(whole.frames == frames);
  // Octets are counted until the first frame has ended, and nothing else goes wrong.
  RC_ASSERT(std::all_of(whole.errors.begin(), whole.errors.end(), [](ReceiverEvent::Kind kind) {
    return kind == ReceiverEvent::Kind::octets;
  }));
  const std::size_t part = *rc::gen::inRange<std::size_t>(1, 20);
  const Heard cut = heard(octets, part);
  RC_ASSERT(cut.frames == whole.frames);
  RC_ASSERT(cut.errors == whole.errors);
}

RC_GTEST_PROP(HdlcProperty, hears_again_after_any_damage, ()) {
  const Frames before = any_frames();
  const Frames after = any_frames();
  std::string line = sent(before);
  const auto damage = *rc::gen::container<std::string>(rc::gen::element('0', '1'));
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, line.size());
  const std::size_t lost = *rc::gen::inRange<std::size_t>(0, 40);
  line = line.substr(0, at) + damage + line.substr(std::min(line.size(), at + lost));
  // Two flags: the first may complete what the damage began.
  const Heard all = heard(octets_of_line(line + "0111111001111110" + sent(after)));
  RC_ASSERT(all.frames.size() >= after.size());
  RC_ASSERT(std::equal(after.rbegin(), after.rend(), all.frames.rbegin()));
}

RC_GTEST_PROP(HdlcProperty, never_tells_of_damage_in_an_undamaged_line, ()) {
  const Frames frames = any_frames();
  const std::string primed = sent({{0, 0, 0}}) + sent(frames);
  RC_ASSERT(errors_in(primed).empty());
}

}  // namespace
}  // namespace strowger::hdlc::test
