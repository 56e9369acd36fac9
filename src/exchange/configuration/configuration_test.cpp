#include "exchange/configuration/configuration.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/configuration/dial_guide.hpp"

namespace strowger::exchange {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Files = std::map<std::string, std::string>;

Files good_files() {
  return {{"etc/sip.conf",
           "[general]\ncontext=default\nbindport=5070\nrealm=example.org\n"
           "[phone](!)\ntype=friend\nhost=dynamic\ncontext=internal\ndisallow=all\nallow=alaw\n"
           "[alice](phone)\nsecret=wonderland\ncallerid=\"Alice\" <101>\n"
           "[bob](phone)\nmd5secret=0123456789abcdef0123456789ABCDEF\n"},
          {"etc/extensions.conf", "[default]\nexten => 600,1,Echo()\n"}};
}

std::shared_ptr<const Configuration> load(const Files& files, ConfigurationReport& report) {
  const base::ConfSource source = [&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  return load_configuration("etc", {"Answer", "Dial", "Echo"}, source, report);
}

std::string all_errors(const ConfigurationReport& report) {
  std::string text;
  for (const auto& error : report.errors) {
    text += error.message() + "\n";
  }
  return text;
}

TEST(Configuration, reads_phones_by_template_and_keeps_only_digests_of_passwords) {
  ConfigurationReport report;
  const auto configuration = load(good_files(), report);
  ASSERT_NE(configuration, nullptr) << all_errors(report);
  const auto& alice = configuration->sip->engine->peers.at("alice");
  // MD5("alice:example.org:wonderland"), by md5sum.
  EXPECT_EQ(alice.credentials.ha1_md5, "72f86f2053703faa0f521ce71cfe6f59");
  EXPECT_EQ(configuration->sip->engine->peers.at("bob").credentials.ha1_md5,
            "0123456789abcdef0123456789abcdef");
  const auto& peer = *configuration->sip->peers.at("alice");
  EXPECT_EQ(peer.context, "internal");
  EXPECT_EQ(peer.caller_name, "Alice");
  EXPECT_EQ(peer.caller_number, "101");
  EXPECT_THAT(peer.codecs, ElementsAre(media::Codec::pcma));
  EXPECT_EQ(configuration->sip->engine->listeners.at(0).local.port, 5070);
}

TEST(Configuration, guides_to_the_numbers_of_a_context_and_its_includes) {
  auto files = good_files();
  files["etc/extensions.conf"] =
      "[internal]\ninclude => more\nexten => 600,1,Answer()\n same => n,Echo()\n"
      "exten => _1XX,1,Dial(SIP/x)\nexten => s,1,Echo()\n"
      "[more]\ninclude => internal\nexten => 700,1,Dial(SIP/x)\n";
  ConfigurationReport report;
  const auto configuration = load(files, report);
  ASSERT_NE(configuration, nullptr) << all_errors(report);
  EXPECT_THAT(dial_guide(*configuration->dialplan, "internal", 9),
              ElementsAre(DialGuideLine{"600", "Echo"}, DialGuideLine{"700", "Dial(SIP/x)"}));
  EXPECT_THAT(dial_guide(*configuration->dialplan, "internal", 1).size(), 1);
  EXPECT_THAT(dial_guide(*configuration->dialplan, "nowhere", 9), IsEmpty());
}

TEST(Configuration, spares_a_trunk_the_checks_that_insecure_names) {
  auto files = good_files();
  files["etc/sip.conf"] +=
      "[trunk](phone)\nhost=192.0.2.7\nsecret=x\ninsecure=port,invite\n"
      "remotesecret=theirs\ndefaultuser=us\n"
      "[strict](phone)\nhost=192.0.2.8\nsecret=x\ninsecure=no\ndefaultuser=us\n";
  ConfigurationReport report;
  const auto configuration = load(files, report);
  ASSERT_NE(configuration, nullptr) << all_errors(report);
  const auto& trunk = configuration->sip->engine->peers.at("trunk");
  EXPECT_TRUE(trunk.any_port);
  EXPECT_FALSE(trunk.authenticate);
  EXPECT_EQ(trunk.outgoing_user, "us");
  EXPECT_EQ(trunk.outgoing_secret, "theirs");
  const auto& strict = configuration->sip->engine->peers.at("strict");
  EXPECT_FALSE(strict.any_port);
  EXPECT_TRUE(strict.authenticate);
  EXPECT_EQ(strict.outgoing_user, "");
}

TEST(Configuration, shows_an_address_to_answer_to_where_it_listens_on_all) {
  ConfigurationReport report;
  const auto configuration = load(good_files(), report);
  ASSERT_NE(configuration, nullptr) << all_errors(report);
  const auto& listener = configuration->sip->engine->listeners.at(0);
  EXPECT_TRUE(listener.local.any());
  EXPECT_FALSE(listener.public_address.any());
  EXPECT_EQ(listener.public_address.port, 5070);
}

TEST(Configuration, names_file_line_and_the_nearest_key) {
  auto files = good_files();
  files["etc/sip.conf"] += "hots=dynamic\n";
  ConfigurationReport report;
  EXPECT_EQ(load(files, report), nullptr);
  EXPECT_THAT(all_errors(report), HasSubstr("etc/sip.conf:16: unknown key 'hots'"));
  EXPECT_THAT(all_errors(report), HasSubstr("'host'"));
}

TEST(Configuration, takes_keys_without_effect_with_a_notice_each) {
  auto files = good_files();
  files["etc/sip.conf"] += "icesupport=yes\ncanreinvite=no\n";
  ConfigurationReport report;
  EXPECT_NE(load(files, report), nullptr) << all_errors(report);
  EXPECT_EQ(report.notices.size(), 2U);
}

TEST(Configuration, says_which_file_is_missing) {
  ConfigurationReport report;
  EXPECT_EQ(load({}, report), nullptr);
  EXPECT_THAT(all_errors(report), HasSubstr("etc/sip.conf"));
  EXPECT_THAT(all_errors(report), HasSubstr("etc/extensions.conf"));
}

struct Bad {
  const char* file;
  const char* lines;
  const char* says;
};

class BadLine : public testing::TestWithParam<Bad> {};

TEST_P(BadLine, is_an_error_with_a_sentence) {
  auto files = good_files();
  files[GetParam().file] += GetParam().lines;
  ConfigurationReport report;
  EXPECT_EQ(load(files, report), nullptr) << GetParam().lines;
  EXPECT_THAT(all_errors(report), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadLine,
    testing::Values(Bad{"etc/sip.conf", "[x]\nhost=dynamic\n", "[x] needs type="},
                    Bad{"etc/sip.conf", "[x]\ntype=freind\n", "friend"},
                    Bad{"etc/sip.conf", "[x]\ntype=peer\nhost=nowhere\n", "numeric address"},
                    Bad{"etc/sip.conf", "[x]\ntype=friend\nmd5secret=abc\n", "32 hexadecimal"},
                    Bad{"etc/sip.conf", "[x]\ntype=friend\ndisallow=all\nallow=g729\n", "no codec"},
                    Bad{"etc/sip.conf", "[x]\ntype=friend\nsetvar=A\n", "NAME=VALUE"},
                    Bad{"etc/sip.conf", "[x]\ntype=peer\nhost=192.0.2.1\ninsecure=prot\n", "prot"},
                    Bad{"etc/sip.conf", "[x]\ntype=friend\ninsecure=invite\n", "fixed host="},
                    Bad{"etc/sip.conf", "[alice]\ntype=friend\n", "stands twice"},
                    Bad{"etc/rtp.conf", "[general]\nrtpstart=20000\nrtpend=20000\n", "rtpend"},
                    Bad{"etc/strowger.conf", "[option]\n", "did you mean [options]"},
                    Bad{"etc/musiconhold.conf", "[default]\nmode=files\n", "directory="},
                    Bad{"etc/extensions.conf", "exten => 1,1,Dail(SIP/x)\n", "Dial"}));

TEST(CallerId, is_split_into_name_and_number) {
  using drivers::split_caller_id;
  using P = std::pair<std::string, std::string>;
  EXPECT_EQ(split_caller_id("\"Alice B\" <101>"), P("Alice B", "101"));
  EXPECT_EQ(split_caller_id("Alice <101>"), P("Alice", "101"));
  EXPECT_EQ(split_caller_id("101"), P("", "101"));
  EXPECT_EQ(split_caller_id("<101>"), P("", "101"));
  EXPECT_EQ(split_caller_id("Alice"), P("Alice", ""));
  EXPECT_EQ(split_caller_id(""), P("", ""));
}

}  // namespace
}  // namespace strowger::exchange
