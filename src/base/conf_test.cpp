#include "base/conf.hpp"

#include <map>

#include <gtest/gtest.h>

namespace strowger::base {
namespace {

using Files = std::map<std::string, std::string>;

ConfSource source_of(Files files) {
  return [files = std::move(files)](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
}

/// The sections as text, one entry a line: "[name] key=value key2>value2".
std::string shown(const ConfFile& file) {
  std::string text;
  for (const ConfSection& section : file.sections) {
    text += "[" + section.name + "]";
    for (const ConfEntry& entry : section.entries) {
      text += " " + entry.key + (entry.object ? ">" : "=") + entry.value;
    }
    text += "\n";
  }
  return text;
}

std::string messages(const std::vector<ConfError>& errors) {
  std::string text;
  for (const ConfError& error : errors) {
    text += error.message() + "\n";
  }
  return text;
}

/// What the reader makes of the file "a.conf": its sections, or its errors.
std::string read(Files files) {
  const auto result = read_conf("a.conf", source_of(std::move(files)));
  return result ? shown(*result) : messages(result.error());
}
std::string read(const std::string& text) {
  return read(Files{{"a.conf", text}});
}

TEST(Conf, keeps_the_order_of_entries_and_the_blanks_within_values) {
  EXPECT_EQ(read("[default]\n"
                 "exten => 100,1,Answer()\n"
                 "  same =>  n,Set(A=b  c) \t\r\n"
                 "same = n,Hangup()\n"
                 "exten => _X.,1,NoOp\n"),
            "[default] exten>100,1,Answer() same>n,Set(A=b  c) same=n,Hangup() "
            "exten>_X.,1,NoOp\n");
}

TEST(Conf, takes_comments_out_and_keeps_escaped_semicolons) {
  EXPECT_EQ(read("; first\n[a] ; name\nx = 1;one\ny = 2 \\; 3 ; four\n;--- line ---\nz=\n"),
            "[a] x=1 y=2 ; 3 z=\n");
}

TEST(Conf, takes_block_comments_out_nested_and_within_a_line) {
  EXPECT_EQ(
      read("[a]\nx = 1 ;-- one --; 2\n;-- y = 3\n;-- inner --;\ny=4 ; no end here\n--;\nz=5\n"),
      "[a] x=1  2 z=5\n");
}

TEST(Conf, names_the_line_where_an_unended_block_comment_begins) {
  EXPECT_EQ(read("[a]\n\n;-- never\nx=1\n"),
            "a.conf:3: the comment that begins with ;-- has no --;\n");
}

TEST(Conf, puts_the_entries_of_templates_before_a_sections_own) {
  EXPECT_EQ(read("[base](!)\na=1\nb=1\n"
                 "[more](!,base)\nb=2\n"
                 "[other](!)\nc=3\n"
                 "[phone](more,other)\na=9\n"
                 "[twin](phone)\n"),
            "[phone] a=1 b=1 b=2 c=3 a=9\n[twin] a=1 b=1 b=2 c=3 a=9\n");
}

TEST(Conf, appends_to_a_section_named_again_with_a_plus) {
  EXPECT_EQ(read("[a]\nx=1\n[b]\ny=1\n[a](+)\nx=2\n[a]\nz=1\n"), "[a] x=1 x=2\n[b] y=1\n[a] z=1\n");
}

TEST(Conf, gives_users_of_a_template_what_it_held_when_they_were_read) {
  EXPECT_EQ(read("[t](!)\nx=1\n[a](t)\n[t](+)\nx=2\n[b](t)\n"), "[a] x=1\n[b] x=1 x=2\n");
}

TEST(Conf, lengthens_an_inherited_value_with_plus_equals) {
  EXPECT_EQ(read("[t](!)\nallow=ulaw\n[a](t)\nallow += ,alaw\n"),
            "[a] allow=ulaw allow=ulaw,alaw\n");
}

TEST(Conf, finds_the_last_entry_of_a_key_without_regard_to_case) {
  const auto file = read_conf("a.conf", source_of({{"a.conf", "[A]\nHost=1\nhost=2\n"}}));
  ASSERT_TRUE(file);
  const ConfSection* section = file->find("a");
  ASSERT_NE(section, nullptr);
  EXPECT_EQ(section->find("HOST")->value, "2");
  EXPECT_EQ(section->find("port"), nullptr);
  EXPECT_EQ(file->find("b"), nullptr);
}

TEST(Conf, refuses_an_unknown_template_and_suggests_the_nearest) {
  EXPECT_EQ(read("[phones](!)\n[alice](phone)\nx=1\n[bob](zzz)\n"),
            "a.conf:2: [alice] wants the template 'phone', which does not stand above it: did you "
            "mean 'phones'?\n"
            "a.conf:4: [bob] wants the template 'zzz', which does not stand above it\n");
}

TEST(Conf, reports_every_error_with_its_line) {
  EXPECT_EQ(
      read("loose = 1\n[a\n[]\nignored = 1\n[a]x\n[b]\nnoise\n= 3\n#exec rm\n#include\n[c](+)\n"),
      "a.conf:1: 'loose' stands in no section: begin with [name]\n"
      "a.conf:2: the section's name has no closing ]\n"
      "a.conf:3: the section has no name\n"
      "a.conf:5: after [a] only (template,...), (!) or (+) may follow, not 'x'\n"
      "a.conf:7: expected key = value, [section] or #include, not 'noise'\n"
      "a.conf:8: there is no key in front of '='\n"
      "a.conf:9: unknown directive '#exec': only #include and #tryinclude are known\n"
      "a.conf:10: #include needs the name of a file\n"
      "a.conf:11: [c](+) adds to a section that does not stand above it: did you mean 'b'?\n");
}

TEST(Conf, says_that_a_missing_file_cannot_be_read) {
  EXPECT_EQ(read(Files{}),
            "a.conf: the file can't be read: is it there, and may this user read it?\n");
}

TEST(Conf, includes_files_relative_to_the_first_and_goes_on_in_its_own_section) {
  const Files files{{"etc/a.conf", "[one]\n#include \"d/b.conf\"\nz=1\n#include <c.conf>\n"},
                    {"etc/d/b.conf", "y=1\n[two]\nq=1\n#tryinclude none.conf\n"},
                    {"etc/c.conf", "[three]\n"}};
  const auto result = read_conf("etc/a.conf", source_of(files));
  ASSERT_TRUE(result) << messages(result.error());
  EXPECT_EQ(shown(*result), "[one] y=1 z=1\n[two] q=1\n[three]\n");
  EXPECT_EQ(result->sections[1].entries[0].place.file, "etc/d/b.conf");
  EXPECT_EQ(result->sections[1].entries[0].place.line, 3);
}

TEST(Conf, reports_an_entry_without_section_after_an_include_that_had_sections) {
  EXPECT_EQ(read(Files{{"a.conf", "#include b.conf\nx=1\n"}, {"b.conf", "[b]\n"}}),
            "a.conf:2: 'x' stands in no section: begin with [name]\n");
}

TEST(Conf, names_the_included_file_in_errors) {
  EXPECT_EQ(read(Files{{"a.conf", "#include b.conf\n#include none.conf\n"}, {"b.conf", "\n[x\n"}}),
            "b.conf:2: the section's name has no closing ]\n"
            "a.conf:2: the included file 'none.conf' can't be read\n");
}

TEST(Conf, refuses_a_file_that_includes_itself) {
  EXPECT_EQ(read(Files{{"a.conf", "#include b.conf\n"}, {"b.conf", "#include ./a.conf\n"}}),
            "b.conf:1: 'a.conf' includes itself, by way of this line\n");
}

TEST(Conf, refuses_files_within_files_beyond_ten) {
  Files files;
  for (int i = 0; i < 12; ++i) {
    files[i == 0 ? "a.conf" : std::to_string(i)] = "#include " + std::to_string(i + 1) + "\n";
  }
  EXPECT_EQ(read(files), "10:1: too many files within files: at most 10 deep and 1000 in all\n");
}

TEST(Conf, refuses_templates_that_multiply_without_end) {
  std::string text = "[t0](!)\na=1\nb=1\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "t" + std::to_string(i - 1);
    text += "[t" + std::to_string(i) + "](!";
    for (int k = 0; k < 10; ++k) {
      text += "," + before;
    }
    text += ")\n";
  }
  EXPECT_EQ(read(text).substr(0, 62),
            "a.conf:9: more than 1000000 entries, templates included\na.conf");
}

TEST(Nearest, suggests_near_words_only) {
  EXPECT_EQ(nearest("hots", {"port", "host", "secret"}), "host");
  EXPECT_EQ(nearest("Context", {"content", "context"}), "context");
  EXPECT_EQ(nearest("zzzz", {"port", "host"}), std::nullopt);
  EXPECT_EQ(nearest("", {"a"}), std::nullopt);
}

class ConfKeysTest : public testing::Test {
 protected:
  ConfKeys keys(const std::string& text) {
    file_ = read_conf("sip.conf", source_of({{"sip.conf", text}})).value();
    return {file_.sections.at(0), errors_};
  }

  ConfFile file_;
  std::vector<ConfError> errors_;
};

TEST_F(ConfKeysTest, gives_values_or_fallbacks) {
  ConfKeys section =
      keys("[a]\nhost=h\nnat=YES\noff=0\nport=5061\ntype=Friend\nallow=x\nallow=y\n");
  EXPECT_EQ(section.text("host", "none"), "h");
  EXPECT_EQ(section.text("context", "default"), "default");
  EXPECT_TRUE(section.boolean("nat", false));
  EXPECT_FALSE(section.boolean("off", true));
  EXPECT_TRUE(section.boolean("absent", true));
  EXPECT_EQ(section.integer("port", 5060, 1, 65535), 5061);
  EXPECT_EQ(section.choice("type", "peer", {"peer", "friend"}), "friend");
  EXPECT_EQ(section.all("allow").size(), 2U);
  section.finish();
  EXPECT_EQ(messages(errors_), "");
}

TEST_F(ConfKeysTest, says_where_a_value_is_wrong_and_what_may_stand_there) {
  ConfKeys section = keys("[a]\nnat=maybe\nport=70000\nttl=1h\ntype=frend\n");
  EXPECT_FALSE(section.boolean("nat", false));
  EXPECT_EQ(section.integer("port", 5060, 1, 65535), 5060);
  EXPECT_EQ(section.integer("ttl", 60, 0, 100), 60);
  EXPECT_EQ(section.choice("type", "peer", {"peer", "friend"}), "peer");
  EXPECT_EQ(
      messages(errors_),
      "sip.conf:2: 'nat' must be yes or no, not 'maybe'\n"
      "sip.conf:3: 'port' must be a whole number from 1 to 65535, not '70000'\n"
      "sip.conf:4: 'ttl' must be a whole number from 0 to 100, not '1h'\n"
      "sip.conf:5: 'type' must be one of peer, friend, not 'frend': did you mean 'friend'?\n");
}

TEST_F(ConfKeysTest, reports_unknown_keys_with_the_nearest_known_one) {
  ConfKeys section = keys("[alice]\nhots=1\nhost=2\nqqqqq=3\n");
  (void)section.text("host", "");
  (void)section.text("secret", "");
  section.finish();
  EXPECT_EQ(messages(errors_),
            "sip.conf:2: unknown key 'hots' in [alice]: did you mean 'host'?\n"
            "sip.conf:4: unknown key 'qqqqq' in [alice]\n");
}

TEST_F(ConfKeysTest, reports_a_templates_error_once) {
  const ConfFile file =
      read_conf("sip.conf", source_of({{"sip.conf", "[t](!)\nhots=1\n[a](t)\n[b](t)\n"}})).value();
  for (const ConfSection& section : file.sections) {
    ConfKeys(section, errors_).finish();
  }
  EXPECT_EQ(messages(errors_), "sip.conf:2: unknown key 'hots' in [a]\n");
}

TEST_F(ConfKeysTest, gives_one_notice_for_a_key_that_needs_no_setting) {
  std::vector<ConfError> notices;
  ConfKeys section = keys("[a]\navpf=yes\n");
  section.accepted_without_effect("avpf", notices, "offers decide it");
  section.accepted_without_effect("avpf", notices, "offers decide it");
  section.accepted_without_effect("icesupport", notices, "offers decide it");
  section.finish();
  EXPECT_EQ(messages(errors_), "");
  EXPECT_EQ(messages(notices), "sip.conf:2: 'avpf' needs no setting here: offers decide it\n");
}

TEST(DiskConfSource, gives_nothing_for_what_is_no_file) {
  EXPECT_EQ(disk_conf_source()("/"), std::nullopt);
  EXPECT_EQ(disk_conf_source()("/no/such/file"), std::nullopt);
}

}  // namespace
}  // namespace strowger::base
