#include <array>

#include <gtest/gtest.h>

#include "core/actions.hpp"
#include "core/address.hpp"
#include "core/bounded.hpp"
#include "core/octets.hpp"
#include "core/result.hpp"
#include "core/state_table.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"

namespace strowger::core {
namespace {

TEST(OctetReader, reads_network_order_and_fails_once_past_the_end) {
  const std::array<Octet, 7> octets{1, 2, 3, 4, 5, 6, 7};
  OctetReader reader(octets);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_EQ(reader.u16(), 0x0203);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
}

TEST(OctetWriter, refuses_what_does_not_fit_and_keeps_the_rest) {
  std::array<Octet, 3> room{};
  OctetWriter writer(room);
  writer.u16(0xABCD);
  writer.u16(0x1234);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.size(), 2U);
  EXPECT_EQ(room[0], 0xAB);
}

TEST(Actions, counts_refusals_and_keeps_views_until_cleared) {
  std::array<int, 2> records{};
  std::array<Octet, 4> arena{};
  Actions<int> actions(records, arena);
  EXPECT_TRUE(actions.has_room({2, 4}));
  EXPECT_EQ(actions.store(std::string_view("abc")), "abc");
  EXPECT_TRUE(actions.store(std::string_view("de")).empty());
  EXPECT_TRUE(actions.push(1));
  EXPECT_TRUE(actions.push(2));
  EXPECT_FALSE(actions.push(3));
  EXPECT_EQ(actions.refused(), 2U);
  EXPECT_EQ(actions.all().size(), 2U);
  actions.clear();
  EXPECT_TRUE(actions.has_room({2, 4}));
}

TEST(Strong, checks_values_from_outside) {
  using Cic = Strong<struct CicTag, std::uint16_t, 4095>;
  EXPECT_TRUE(Cic::checked(4095));
  EXPECT_FALSE(Cic::checked(4096));
  EXPECT_LT(Cic(1), Cic(2));
}

struct Text {
  const char* in;
  const char* out;
};

class AddressText : public testing::TestWithParam<Text> {};

TEST_P(AddressText, parses_and_prints) {
  const auto address = Address::parse(GetParam().in, 5060);
  ASSERT_TRUE(address) << GetParam().in;
  EXPECT_EQ(address->text().view(), GetParam().out);
  EXPECT_EQ(Address::parse(address->text().view()), address);
}

INSTANTIATE_TEST_SUITE_P(
    All, AddressText,
    testing::Values(Text{"192.0.2.1", "192.0.2.1:5060"}, Text{"192.0.2.1:80", "192.0.2.1:80"},
                    Text{"::1", "[::1]:5060"}, Text{"[::1]:7", "[::1]:7"}, Text{"::", "[::]:5060"},
                    Text{"2001:DB8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:5060"},
                    Text{"2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:5060"},
                    Text{"::ffff:192.0.2.9", "[::ffff:c000:209]:5060"},
                    Text{"fe80::", "[fe80::]:5060"}, Text{"1::8", "[1::8]:5060"}));

class NoAddress : public testing::TestWithParam<const char*> {};

TEST_P(NoAddress, is_refused) {
  EXPECT_FALSE(Address::parse(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(All, NoAddress,
                         testing::Values("", "1.2.3", "1.2.3.256", "1.2.3.4:", "1.2.3.4:99999",
                                         "1.2.3.4x", ":1", "1::2::3", "1:2:3:4:5:6:7", "[::1",
                                         "[::1]x", "1:2:3:4:5:6:7:8:9",
                                         "12345::", "1:2:3:4:5:6:7:", "example.org", "::1%eth0"));

enum class Lamp { off, on };
enum class Press { push, pull };
struct Counter {
  int pushes = 0;
};
constexpr std::array<Transition<Lamp, Press, Counter>, 2> lamp_rows{{
    {Lamp::off, Press::push, nullptr, Lamp::on, [](Counter& c) { ++c.pushes; }, "1"},
    {Lamp::on, Press::pull, [](const Counter& c) { return c.pushes < 2; }, Lamp::off, nullptr, "2"},
}};

TEST(StateTable, follows_rows_guards_and_a_disabled_row) {
  const std::span<const Transition<Lamp, Press, Counter>> table(lamp_rows);
  Lamp lamp = Lamp::off;
  Counter counter;
  EXPECT_EQ(step(table, lamp, Press::pull, counter), nullptr);
  EXPECT_NE(step(table, lamp, Press::push, counter), nullptr);
  EXPECT_EQ(lamp, Lamp::on);
  EXPECT_NE(step(table, lamp, Press::pull, counter), nullptr);
  EXPECT_NE(step(table, lamp, Press::push, counter), nullptr);
  EXPECT_EQ(step(table, lamp, Press::pull, counter), nullptr) << "guard";
  EXPECT_EQ(step(table, lamp, Press::pull, counter, 1), nullptr) << "disabled";
}

}  // namespace
}  // namespace strowger::core
