// ConfBridge: who gets in, who hears what, keys, orders from the console, and every way out.
#include <gmock/gmock.h>

#include "exchange/applications/confbridge_conf.hpp"
#include "exchange/applications/confbridge_rooms.hpp"
#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {
namespace {

using applications::ConfBridgeConf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct LoadedConf {
  ConfBridgeConf conf;
  std::vector<base::ConfError> errors;
  std::vector<base::ConfError> notices;
};

LoadedConf load(const std::string& text) {
  LoadedConf loaded;
  const auto file =
      base::read_conf("confbridge.conf", [&](const std::string&) { return std::optional(text); });
  EXPECT_TRUE(file);
  loaded.conf = applications::load_confbridge_conf(*file, loaded.errors, loaded.notices);
  return loaded;
}

class Rooms : public ExchangeTest {
 protected:
  Rooms() { media.sound_length = core::milliseconds(500); }
  void open(const std::string& profiles, const std::string& arguments = "9") {
    start("[default]\nexten => 1,1,ConfBridge(" + arguments + ")\n" +
          "same => n,Log(NOTICE,result ${CONFBRIDGE_RESULT})\n" +
          "exten => 2,1,ConfBridge(9,,boss)\n" +
          "same => n,Log(NOTICE,boss ${CONFBRIDGE_RESULT})\n" +
          "exten => h,1,Log(NOTICE,end ${CONFBRIDGE_RESULT})\n");
    const LoadedConf loaded = load(profiles);
    EXPECT_THAT(loaded.errors, IsEmpty());
    exchange->rooms().configure(std::make_shared<const ConfBridgeConf>(loaded.conf));
  }
  void enter(const std::string& who, const std::string& extension = "1") {
    driver.call_in(who, extension);
    pass(core::seconds(3));
  }
  void key(const std::string& who, const std::string& digits) {
    for (const char digit : digits) {
      media.press(driver.leg(who).port, digit);
    }
    settle();
  }
  [[nodiscard]] bool seated(const std::string& who) { return port_of(who).conference.has_value(); }
  [[nodiscard]] bool speaks(const std::string& who) { return port_of(who).seat.speaks; }
  [[nodiscard]] PartyInfo party(std::size_t index) {
    return exchange->rooms().list("9")->at(index);
  }
};

constexpr const char* quiet_users = "[default_user]\ntype=user\nquiet=yes\n";

TEST_F(Rooms, bring_all_callers_into_one_conference_and_end_with_the_last) {
  open("");
  enter("alice");
  EXPECT_THAT(media.played(), ElementsAre("conf-onlyperson"));
  enter("bob");
  ASSERT_TRUE(seated("alice"));
  EXPECT_EQ(port_of("alice").conference, port_of("bob").conference);
  EXPECT_THAT(driver.leg("bob").commands, Contains("answer"));
  EXPECT_THAT(media.announced(), ElementsAre("confbridge-join", "confbridge-join"));
  driver.ends("alice");
  pass(core::seconds(1));
  EXPECT_EQ(media.open_conferences(), 1U);
  driver.ends("bob");
  EXPECT_TRUE(exchange->rooms().list().size() == 1);
  pass(core::seconds(1));
  EXPECT_THAT(exchange->rooms().list(), IsEmpty());
  EXPECT_EQ(media.open_conferences(), 0U);
  EXPECT_THAT(media.announced(), Contains("confbridge-leave").Times(2));
  EXPECT_TRUE(logged("end HANGUP"));
  expect_idle();
}

TEST_F(Rooms, play_music_to_whoever_is_alone_and_not_longer) {
  open(std::string(quiet_users) + "music_on_hold_when_empty=yes\nmusic_on_hold_class=jazz\n");
  enter("alice");
  EXPECT_EQ(port_of("alice").playing, "music:jazz");
  enter("bob");
  EXPECT_EQ(port_of("alice").playing, "");
  driver.ends("bob");
  pass(core::seconds(1));
  EXPECT_EQ(port_of("alice").playing, "music:jazz");
  EXPECT_THAT(media.announced(), IsEmpty());
}

TEST_F(Rooms, ask_for_the_pin_three_times) {
  open(std::string(quiet_users) + "pin=1234\n");
  driver.call_in("alice", "1");
  settle();
  key("alice", "1");
  EXPECT_EQ(port_of("alice").playing, "") << "the first digit ends the prompt";
  key("alice", "234#");
  EXPECT_TRUE(seated("alice"));
  driver.call_in("bob", "1");
  settle();
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_EQ(port_of("bob").playing, "conf-getpin");
    key("bob", "99#");
    EXPECT_EQ(port_of("bob").playing, "conf-invalidpin");
    pass(core::milliseconds(500));
  }
  EXPECT_TRUE(logged("result FAILED"));
  EXPECT_EQ(exchange->rooms().list("9")->size(), 1U);
}

TEST_F(Rooms, refuse_beyond_the_most_members_and_when_locked_but_let_admins_in) {
  open(
      "[small]\ntype=bridge\nmax_members=1\n[default_user]\ntype=user\nquiet=yes\n"
      "[boss]\ntype=user\nadmin=yes\nquiet=yes\n",
      "9,small");
  enter("alice");
  enter("bob");
  EXPECT_TRUE(logged("result FAILED"));
  EXPECT_THAT(media.played(), Contains("conf-locked"));
  enter("carol", "2");
  EXPECT_TRUE(seated("carol"));
  EXPECT_TRUE(exchange->rooms().lock("9", true));
  EXPECT_FALSE(exchange->rooms().lock("nowhere", true));
  EXPECT_TRUE(exchange->rooms().list()[0].locked);
}

TEST_F(Rooms, start_muted_and_toggle_by_the_menu) {
  open(std::string(quiet_users) +
       "startmuted=yes\n[default_menu]\ntype=menu\n*=playback(conf-usermenu)\n*1=toggle_mute\n"
       "2=leave_conference\n3=no_op,participant_count\n");
  enter("alice");
  EXPECT_TRUE(seated("alice"));
  EXPECT_FALSE(speaks("alice"));
  key("alice", "*1");
  EXPECT_TRUE(speaks("alice"));
  EXPECT_EQ(port_of("alice").playing, "conf-unmuted");
  pass(core::seconds(1));
  key("alice", "*");
  EXPECT_EQ(port_of("alice").playing, "") << "* may become *1";
  pass(core::milliseconds(3100));
  EXPECT_EQ(port_of("alice").playing, "conf-usermenu");
  pass(core::seconds(1));
  key("alice", "9");
  key("alice", "3");
  EXPECT_EQ(port_of("alice").playing, "conf-thereare+digits/0+conf-otherinparty");
  pass(core::seconds(2));
  key("alice", "2");
  EXPECT_TRUE(logged("result DTMF"));
}

TEST_F(Rooms, leave_the_keys_of_admins_to_admins) {
  const std::string menu =
      "[default_menu]\ntype=menu\n1=admin_kick_last\n"
      "2=admin_toggle_conference_lock\n3=admin_toggle_mute_participants\n";
  open(quiet_users + ("[boss]\ntype=user\nadmin=yes\nquiet=yes\n" + menu));
  enter("alice", "2");
  enter("bob");
  key("bob", "2");
  EXPECT_EQ(port_of("bob").playing, "conf-errormenu");
  pass(core::seconds(1));
  key("alice", "2");
  EXPECT_TRUE(exchange->rooms().list()[0].locked);
  pass(core::seconds(1));
  key("alice", "3");
  EXPECT_FALSE(speaks("bob"));
  EXPECT_TRUE(speaks("alice"));
  EXPECT_THAT(media.announced(), Contains("conf-now-muted"));
  key("alice", "1");
  pass(core::seconds(1));
  EXPECT_TRUE(logged("result KICKED"));
  key("alice", "1");
  pass(core::seconds(1));
  EXPECT_TRUE(seated("alice")) << "an admin is not kicked";
}

TEST_F(Rooms, hold_those_outside_who_wait_for_a_leader_and_end_with_him) {
  open(
      "[default_user]\ntype=user\nquiet=yes\nwait_marked=yes\nend_marked=yes\n"
      "[boss]\ntype=user\nmarked=yes\nquiet=yes\n");
  enter("alice");
  EXPECT_FALSE(seated("alice"));
  EXPECT_EQ(port_of("alice").playing, "music:default");
  EXPECT_TRUE(party(0).waiting);
  enter("bob", "2");
  EXPECT_TRUE(seated("alice"));
  EXPECT_TRUE(seated("bob"));
  EXPECT_EQ(port_of("alice").playing, "");
  driver.ends("bob");
  pass(core::seconds(1));
  EXPECT_TRUE(logged("result ENDMARKED"));
  EXPECT_THAT(media.played(), Contains("conf-leaderhasleft"));
}

TEST_F(Rooms, take_orders_from_the_console) {
  open(std::string(quiet_users) + "[boss]\ntype=user\nadmin=yes\nquiet=yes\n");
  enter("alice", "2");
  enter("bob");
  ConferenceRooms& rooms = exchange->rooms();
  EXPECT_EQ(rooms.mute("9", "participants", true), std::optional<std::size_t>(1));
  settle();
  EXPECT_FALSE(speaks("bob"));
  EXPECT_TRUE(speaks("alice"));
  EXPECT_EQ(rooms.mute("9", "all", false), std::optional<std::size_t>(2));
  settle();
  EXPECT_TRUE(speaks("bob"));
  EXPECT_EQ(rooms.mute("9", "SIP/nobody", true), std::optional<std::size_t>(0));
  EXPECT_FALSE(rooms.mute("8", "all", true));
  EXPECT_EQ(rooms.kick("9", party(1).channel), std::optional<std::size_t>(1));
  pass(core::seconds(1));
  EXPECT_TRUE(logged("result KICKED"));
  EXPECT_EQ(rooms.list("9")->size(), 1U);
  EXPECT_FALSE(rooms.list("8"));
}

TEST_F(Rooms, know_who_talks) {
  open(quiet_users);
  enter("alice");
  media.talks(driver.leg("alice").port, true);
  settle();
  EXPECT_TRUE(party(0).talking);
  media.talks(driver.leg("alice").port, false);
  settle();
  EXPECT_FALSE(party(0).talking);
}

TEST_F(Rooms, send_a_user_out_after_his_time) {
  open(std::string(quiet_users) + "timeout=60\n");
  enter("alice");
  pass(core::seconds(56));
  EXPECT_TRUE(seated("alice"));
  pass(core::seconds(2));
  EXPECT_TRUE(logged("result TIMEOUT"));
}

TEST_F(Rooms, say_when_there_is_no_such_profile) {
  open("", "9,nonsense");
  enter("alice");
  EXPECT_TRUE(logged("no such profile"));
  EXPECT_TRUE(logged("result FAILED"));
  EXPECT_THAT(exchange->rooms().list(), IsEmpty());
}

// ---- confbridge.conf

TEST(ConfBridgeConfTest, tells_what_is_wrong_and_where) {
  const LoadedConf loaded = load(
      "[general]\n[a]\ntype=usr\n[b]\nquiet=yes\n[c]\ntype=user\nqiet=yes\npin=12a\n"
      "[d]\ntype=menu\nx=toggle_mute\n1=toggle_mut\n2=playback\n3=toggle_mute(now)\n"
      "[e]\ntype=bridge\nmax_members=-1\n");
  std::string all;
  for (const auto& error : loaded.errors) {
    all += error.message() + "\n";
  }
  for (const char* part :
       {"confbridge.conf:3", "[b] needs type=", "did you mean 'quiet'", "pin= is dialled",
        "'x' are no keys", "did you mean toggle_mute", "playback wants its files",
        "toggle_mute takes no argument", "max_members"}) {
    EXPECT_THAT(all, HasSubstr(part));
  }
  EXPECT_EQ(loaded.errors.size(), 9U) << all;
}

TEST(ConfBridgeConfTest, accepts_what_asterisk_knows_and_says_what_has_no_effect) {
  const LoadedConf loaded = load(
      "[b]\ntype=bridge\nvideo_mode=follow_talker\nsound_join=ding\n"
      "[m]\ntype=menu\n4=decrease_listening_volume\n");
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(loaded.notices.size(), 2U);
  EXPECT_EQ(loaded.conf.bridge("b")->sound(applications::RoomSound::join), "ding");
  EXPECT_EQ(loaded.conf.bridge("b")->sound(applications::RoomSound::leave), "confbridge-leave");
  EXPECT_EQ(loaded.conf.bridge("none"), nullptr);
  EXPECT_NE(loaded.conf.user("default_user"), nullptr);
}

TEST(ConfBridgeConfTest, lets_a_section_replace_the_keys_of_its_template) {
  const LoadedConf loaded =
      load("[base](!)\ntype=menu\n1=toggle_mute\n[m](base)\n1=leave_conference\n");
  const auto& steps = loaded.conf.menu("m")->keys.at("1");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].action, applications::MenuAction::leave_conference);
}

}  // namespace
}  // namespace strowger::exchange
