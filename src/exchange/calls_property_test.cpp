// Random events at random moments: whatever happens in whatever order, no leg, call, port, timer or
// coroutine is left, each leg is hung up at most once, and all is quiet in bounded time.
#include <random>
#include <string>
#include <vector>

#include <malloc.h>

#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {
namespace {

// Every application that waits, in a form that waits long, so that hang-up meets each of them.
constexpr auto everything =
    "[default]\n"
    "exten => 1,1,Answer()\n"
    "same => n,Background(menu)\n"
    "same => n,WaitExten(4)\n"
    "exten => 2,1,Dial(SIP/bob,10)\n"
    "same => n,Dial(SIP/bob&SIP/carol&SIP/dave,10,m)\n"
    "same => n,Busy(3)\n"
    "exten => 3,1,Answer()\n"
    "same => n,Dial(SIP/bob&SIP/carol,10,rgL(8000))\n"
    "same => n,Playback(goodbye)\n"
    "same => n,Congestion(2)\n"
    "exten => 4,1,Read(X,prompt,3,,2,2)\n"
    "same => n,SayDigits(${X})\n"
    "same => n,Goto(2,1)\n"
    "exten => 5,1,Answer()\n"
    "same => n,Echo()\n"
    "same => n,MusicOnHold(,3)\n"
    "same => n,SendDTMF(123)\n"
    "same => n,Gosub(6,1(x))\n"
    "same => n,Milliwatt()\n"
    "exten => 6,1,Wait(1)\n"
    "same => n,Return(y)\n"
    "exten => 7,1,Set(TIMEOUT(absolute)=6)\n"
    "same => n,Dial(SIP/bob)\n"
    "exten => 8,1,Playback(missing&here)\n"
    "same => n,ExecIf(1?Dial(SIP/carol,5))\n"
    "same => n,StartMusicOnHold()\n"
    "same => n,Wait(2)\n"
    "exten => i,1,Playback(invalid)\n"
    "exten => t,1,Wait(1)\n"
    "exten => T,1,Playback(too-long)\n"
    "exten => h,1,Set(CDR(userfield)=${DIALSTATUS})\n"
    "same => n,NoOp(${ANSWEREDTIME})\n";

class RandomCalls : public ExchangeTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }

  FakeDriver::FakeLeg* any_leg() {
    std::vector<FakeDriver::FakeLeg*> open;
    for (auto& [number, leg] : driver.legs()) {
      if (!leg.ended) {
        open.push_back(&leg);
      }
    }
    return open.empty() ? nullptr : open[below(static_cast<unsigned>(open.size()))];
  }

  void happen_to(FakeDriver::FakeLeg& leg) {
    switch (below(12)) {
      case 0:
        driver.end(leg, Cause::normal_clearing, true);
        break;
      case 1:
        driver.end(leg, below(2) == 0 ? Cause::user_busy : Cause::subscriber_absent, true);
        break;
      case 2:
      case 3:
        driver.say(leg, LegRinging{});
        break;
      case 4:
        driver.say(leg, LegProgress{});
        break;
      case 5:
      case 6:
        driver.say(leg, LegAnswered{});
        break;
      case 7:
        driver.say(leg, LegHeld{below(2) == 0});
        break;
      case 8:
        driver.say(leg, LegDigit{"0123456789*#"[below(12)], core::milliseconds(100)});
        break;
      case 9:
        media.press(leg.port, "0123456789*#"[below(12)]);
        break;
      case 10:
        media.time_out(leg.port);
        break;
      default:
        driver.say(leg, LegProceeding{});
        break;
    }
  }

  void one_step() {
    switch (below(8)) {
      case 0:
        driver.call_in("caller", std::to_string(1 + below(9)));
        break;
      case 1:
        pass(core::milliseconds(below(3000)));
        break;
      case 2:
        settle();
        break;
      case 3:
        if (below(20) == 0) {
          exchange->hang_up_all(Cause::normal_unspecified, {});
        }
        break;
      default:
        if (FakeDriver::FakeLeg* leg = any_leg()) {
          happen_to(*leg);
        }
        break;
    }
  }

  void random_seed(unsigned seed) { random_.seed(seed); }

 private:
  std::mt19937_64 random_;
};

TEST_P(RandomCalls, leave_nothing_behind) {
  random_seed(GetParam());
  config.finished_calls_kept = 2;
  media.missing_files = {"missing"};
  driver.hangup_time = core::milliseconds(below(200));
  media.lose_port_closed = GetParam() % 8 == 0;
  start(everything);
  for (int step = 0; step < 400; ++step) {
    one_step();
    if (step % 50 == 49) {
      reload(everything);
    }
  }
  // Whoever still talks hangs up; then everything must end by itself.
  for (auto& [number, leg] : driver.legs()) {
    if (leg.incoming) {
      driver.end(leg, Cause::normal_clearing, true);
    }
  }
  pass(core::seconds(10));
  expect_idle();
  std::size_t incoming = 0;
  for (const auto& [number, leg] : driver.legs()) {
    incoming += leg.incoming ? 1 : 0;
    EXPECT_TRUE(leg.ended) << leg.peer << " seed " << GetParam();
  }
  EXPECT_GE(records.all.size(), incoming);
  EXPECT_FALSE(network.step()) << "a timer is left, seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCalls, ::testing::Range(1U, 201U));

TEST_F(ExchangeTest, ten_thousand_calls_one_after_another_leave_nothing_behind) {
  config.finished_calls_kept = 5;
  config.ladder_lines = 4;
  start("[default]\nexten => 1,1,Dial(SIP/bob,10)\n");
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 100; ++i) {
      driver.call_in("alice", "1");
    }
    settle();
    for (auto& [number, leg] : driver.legs()) {
      if (!leg.incoming) {
        driver.say(leg, LegAnswered{});
      }
    }
    pass(core::seconds(1));
    for (auto& [number, leg] : driver.legs()) {
      if (leg.incoming == (round % 2 == 0)) {
        driver.end(leg, Cause::normal_clearing, true);
      }
    }
    settle();
    expect_idle();
    driver.forget_ended();
  }
  EXPECT_EQ(records.all.size(), 10'000U);
  EXPECT_EQ(exchange->counters().calls_answered, 10'000U);
  EXPECT_FALSE(network.step()) << "a timer is left";
}

// With the fakes' own memory, and without the driver's and media's: the bound for the whole of an
// established call is 32 KiB. (Under a sanitizer's allocator the figure is 0 and proves nothing.)
TEST_F(ExchangeTest, an_established_call_takes_a_small_part_of_its_32_kib) {
  constexpr std::size_t count = 200;
  start("[default]\nexten => 1,1,NoOp()\nsame => n,Dial(SIP/bob,20,r)\n");
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < count; ++i) {
    driver.call_in("alice", "1");
    settle();
    driver.answers("bob");
    settle();
  }
  EXPECT_EQ(exchange->counters().calls, count);
  const std::size_t octets = (mallinfo2().uordblks - before) / count;
  RecordProperty("octets_a_call", static_cast<int>(octets));
  EXPECT_LE(octets, 16U << 10U);
  exchange->hang_up_all(Cause::normal_clearing, {});
  expect_idle();
}

}  // namespace
}  // namespace strowger::exchange
