// Links over ports that make the frames themselves, as DAHDI's kernel does.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rt/section.hpp"
#include "ss7_trunk/bank_fixture.hpp"

namespace strowger::ss7_trunk {
namespace {

using test::first_link;
using test::numbered;
using test::Recorder;

/// Hands frames to another one; `repeats` is for DAHDI's MTP2 mode. Allocates nothing.
class FakePort final : public tdm::FramePort {
 public:
  explicit FakePort(bool repeats) : repeats_(repeats) {}
  void join(FakePort& peer) { peer_ = &peer; }

  bool send(core::Octets frame) override {
    if (closed) {
      return false;
    }
    ++counters_.sent;
    peer_->put({tdm::FrameEvent::Kind::frame, frame.size()}, frame);
    return true;
  }
  tdm::FrameEvent receive(core::MutableOctets room) override {
    if (count_ == 0) {
      return {};
    }
    const Slot& slot = slots_[first_];
    std::copy_n(slot.octets.begin(), slot.event.size, room.begin());
    const tdm::FrameEvent event = slot.event;
    first_ = (first_ + 1) % slots_.size();
    --count_;
    return event;
  }
  [[nodiscard]] bool repeats() const override { return repeats_; }
  [[nodiscard]] const tdm::FrameCounters& counters() const override { return counters_; }
  void damage() { put({tdm::FrameEvent::Kind::damaged, 0}, {}); }

  bool closed = false;

 private:
  struct Slot {
    tdm::FrameEvent event;
    std::array<core::Octet, ss7::mtp2::max_unit_octets> octets;
  };
  void put(tdm::FrameEvent event, core::Octets frame) {
    ASSERT_LT(count_, slots_.size());
    Slot& slot = slots_[(first_ + count_++) % slots_.size()];
    slot.event = event;
    std::copy(frame.begin(), frame.end(), slot.octets.begin());
  }

  bool repeats_;
  FakePort* peer_ = nullptr;
  tdm::FrameCounters counters_;
  std::vector<Slot> slots_ = std::vector<Slot>(64);
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

struct FramedEnd {
  explicit FramedEnd(bool repeats) : port(repeats) {
    bank.add_link(port, ss7::mtp2::config_64_kbit());
    desk = std::make_unique<LinkDesk>(bank, user, LinkDeskConfig{});
  }
  void tick(core::Time now) {
    {
      const rt::RealTimeSection section;
      bank.tick(now);
    }
    desk->turn(now);
  }
  [[nodiscard]] bool in_service() const {
    return user.count(ss7::mtp2::Action::Kind::in_service) >
           user.count(ss7::mtp2::Action::Kind::out_of_service);
  }

  FakePort port;
  LinkBank bank;
  Recorder user;
  std::unique_ptr<LinkDesk> desk;
};

class Framed : public testing::TestWithParam<bool> {
 protected:
  Framed() {
    a.port.join(b.port);
    b.port.join(a.port);
  }
  void run(int milliseconds) {
    for (int i = 0; i < milliseconds; ++i) {
      now += core::milliseconds(1);
      a.tick(now);
      b.tick(now);
    }
  }
  void align() {
    a.desk->up(first_link, true);
    b.desk->up(first_link, true);
    run(1'000);
    ASSERT_TRUE(a.in_service() && b.in_service());
  }

  core::Time now{};
  FramedEnd a{GetParam()};
  FramedEnd b{GetParam()};
};

TEST_P(Framed, links_align_and_pass_messages_in_order) {
  align();
  for (std::size_t i = 0; i < 200; ++i) {
    ASSERT_TRUE(a.desk->send(first_link, core::octets_of(numbered(i))));
    run(3);
  }
  run(100);
  ASSERT_EQ(b.user.messages.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) {
    ASSERT_EQ(b.user.messages[i], numbered(i));
  }
}

TEST_P(Framed, links_lose_nothing_to_a_port_without_room) {
  align();
  a.port.closed = true;
  for (std::size_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(a.desk->send(first_link, core::octets_of(numbered(i))));
    run(2);
  }
  EXPECT_TRUE(b.user.messages.empty());
  a.port.closed = false;
  run(100);
  EXPECT_EQ(b.user.messages.size(), 20U);
}

TEST_P(Framed, links_fail_by_the_error_rate_of_damaged_frames) {
  align();
  for (int i = 0; i < 90; ++i) {
    b.port.damage();
    run(1);
  }
  EXPECT_FALSE(b.in_service());
}

INSTANTIATE_TEST_SUITE_P(WithFlagsAndRepeating, Framed, testing::Bool());

TEST(FramedLink, sends_the_same_unit_once_where_the_card_repeats_it) {
  FramedEnd a(true);
  FramedEnd b(true);
  a.port.join(b.port);
  b.port.join(a.port);
  core::Time now{};
  for (int i = 0; i < 100; ++i) {
    now += core::milliseconds(1);
    a.tick(now);
    b.tick(now);
  }
  EXPECT_EQ(a.port.counters().sent, 1U) << "SIOS";
}

}  // namespace
}  // namespace strowger::ss7_trunk
