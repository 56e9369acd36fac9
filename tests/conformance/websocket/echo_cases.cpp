// table
// The cases of groups 1 to 7 and 10.
#include "echo_cases.hpp"

#include <utility>

namespace strowger::websocket {
namespace {

// Functions, since tests are registered before the variables of other files exist.
std::string fragment() {
  return "fragment";
}

std::string hex(std::string_view digits) {
  std::string out;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(value(digits[i]) << 4 | value(digits[i + 1]));
  }
  return out;
}

RawFrame of(std::uint8_t first, std::string payload = {}) {
  RawFrame frame;
  frame.first = first;
  frame.payload = std::move(payload);
  return frame;
}
RawFrame text(std::string payload) {
  return of(0x81, std::move(payload));
}
RawFrame closing(int code, const std::string& reason = {}) {
  return of(0x88, octets({code >> 8, code & 255}) + reason);
}
std::string code_text(int code) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "88:";
  for (int shift = 12; shift >= 0; shift -= 4) {
    out += digits[static_cast<std::size_t>(code >> shift & 15)];
  }
  return out;
}

using Frames = std::vector<RawFrame>;
using Answers = std::vector<std::string>;
constexpr std::size_t by_octet = 1;
constexpr std::size_t whole = SIZE_MAX;

class List {
 public:
  /// All is well: the peer closes with 1000 in the end.
  void good(const std::string& number, const char* clause, const std::string& what, Frames frames,
            Answers answers, std::size_t piece = whole) {
    frames.push_back(closing(1000));
    answers.emplace_back("88:03e8");
    as_it_is(number, clause, what, std::move(frames), std::move(answers), piece);
  }
  /// The endpoint fails the connection with that code, and reads nothing more.
  void bad(const std::string& number, const char* clause, const std::string& what, Frames frames,
           Answers answers, std::size_t piece = whole, int code = 1002) {
    answers.push_back(code_text(code));
    as_it_is(number, clause, what, std::move(frames), std::move(answers), piece);
  }
  void as_it_is(const std::string& number, const char* clause, const std::string& what,
                Frames frames, Answers answers, std::size_t piece = whole) {
    cases_.push_back({number, clause, what, std::move(frames), std::move(answers), piece, 0});
  }
  EchoCase& last() { return cases_.back(); }
  std::vector<EchoCase> take() { return std::move(cases_); }

 private:
  std::vector<EchoCase> cases_;
};

void framing(List& list) {
  struct Size {
    std::size_t octets;
    std::size_t piece;
  };
  int index = 1;
  for (const Size& size :
       {Size{0, whole}, Size{125, whole}, Size{126, whole}, Size{127, whole}, Size{128, whole},
        Size{65'535, whole}, Size{65'536, whole}, Size{65'536, 997}}) {
    const std::string number = std::to_string(index++);
    const std::string stars(size.octets, '*');
    const std::string octets(size.octets, '\xfe');
    const std::string name =
        "of_" + std::to_string(size.octets) + (size.piece == whole ? "" : "_in_pieces");
    list.good("1.1." + number, "5_2", "text_" + name, {text(stars)}, {"81:" + stars}, size.piece);
    list.good("1.2." + number, "5_2", "binary_" + name, {of(0x82, octets)}, {"82:" + octets},
              size.piece);
  }
}

void pings(List& list) {
  const std::string odd = hex("00fffefdfcfb00ff");
  const std::string most(125, '\xfe');
  list.good("2.1", "5_5_2", "ping_without_payload", {of(0x89)}, {"8a:"});
  list.good("2.2", "5_5_2", "ping_with_text", {of(0x89, "Hello, world!")}, {"8a:Hello, world!"});
  list.good("2.3", "5_5_2", "ping_with_octets", {of(0x89, odd)}, {"8a:" + odd});
  list.good("2.4", "5_5_2", "ping_of_125", {of(0x89, most)}, {"8a:" + most});
  list.bad("2.5", "5_5", "ping_of_126", {of(0x89, most + "x")}, {});
  list.good("2.6", "5_5_2", "ping_of_125_by_octet", {of(0x89, most)}, {"8a:" + most}, by_octet);
  list.good("2.7", "5_5_3", "pong_nobody_asked_for", {of(0x8a)}, {});
  list.good("2.8", "5_5_3", "pong_with_payload_nobody_asked_for", {of(0x8a, "unsolicited")}, {});
  list.good("2.9", "5_5_3", "pong_and_then_ping", {of(0x8a, "unsolicited"), of(0x89, "ping")},
            {"8a:ping"});
  Frames ten;
  Answers pongs;
  for (int i = 0; i < 10; ++i) {
    ten.push_back(of(0x89, "payload-" + std::to_string(i)));
    pongs.push_back("8a:payload-" + std::to_string(i));
  }
  list.good("2.10", "5_5_2", "ten_pings", ten, pongs);
  list.good("2.11", "5_5_2", "ten_pings_by_octet", ten, pongs, by_octet);
}

void reserved(List& list) {
  const RawFrame hello = text("Hello, world!");
  const Answers echoed{"81:Hello, world!"};
  list.bad("3.1", "5_2", "rsv_1", {of(0x91, "Hello"), of(0x89)}, {});
  list.bad("3.2", "5_2", "rsv_2_after_a_message", {hello, of(0xa1, "Hello"), of(0x89)}, echoed);
  list.bad("3.3", "5_2", "rsv_3_in_pieces", {hello, of(0xb1, "Hello"), of(0x89)}, echoed, 19);
  list.bad("3.4", "5_2", "rsv_4_by_octet", {hello, of(0xc1, "Hello"), of(0x89)}, echoed, by_octet);
  list.bad("3.5", "5_2", "rsv_5_in_binary", {of(0xd2, hex("00fffefdfcfb00ff"))}, {});
  list.bad("3.6", "5_2", "rsv_6_in_a_ping", {of(0xe9, "Hello")}, {});
  list.bad("3.7", "5_2", "rsv_7_in_a_close", {of(0xf8)}, {});
}

void opcodes(List& list) {
  const RawFrame hello = text("Hello, world!");
  const Answers echoed{"81:Hello, world!"};
  for (const int base : {3, 11}) {
    const std::string group = base == 3 ? "4.1." : "4.2.";
    const auto first = [&](int i) { return static_cast<std::uint8_t>(0x80 + base + i); };
    const auto name = [&](int i) { return "opcode_" + std::to_string(base + i); };
    list.bad(group + "1", "5_2", name(0), {of(first(0))}, {});
    list.bad(group + "2", "5_2", name(1) + "_with_payload", {of(first(1), "reserved")}, {});
    list.bad(group + "3", "5_2", name(2) + "_after_a_message", {hello, of(first(2)), of(0x89)},
             echoed);
    list.bad(group + "4", "5_2", name(3) + "_with_payload_after_a_message",
             {hello, of(first(3), "reserved"), of(0x89)}, echoed);
    list.bad(group + "5", "5_2", name(4) + "_with_payload_by_octet",
             {hello, of(first(4), "reserved"), of(0x89)}, echoed, by_octet);
  }
}

void good_fragments(List& list) {
  const RawFrame one = of(0x01, fragment() + "1");
  const RawFrame two = of(0x80, fragment() + "2");
  const RawFrame ping = of(0x89, "ping");
  const std::string both = "81:" + fragment() + "1" + fragment() + "2";
  list.good("5.3", "5_4", "two", {one, two}, {both});
  list.good("5.4", "5_4", "two_in_pieces", {one, two}, {both}, 11);
  list.good("5.5", "5_4", "two_by_octet", {one, two}, {both}, by_octet);
  list.good("5.6", "5_4", "ping_between_two", {one, ping, two}, {"8a:ping", both});
  list.good("5.7", "5_4", "ping_between_two_in_pieces", {one, ping, two}, {"8a:ping", both}, 11);
  list.good("5.8", "5_4", "ping_between_two_by_octet", {one, ping, two}, {"8a:ping", both},
            by_octet);
  Frames five;
  std::string all = "81:";
  for (int i = 1; i <= 5; ++i) {
    five.push_back(of(i == 1 ? 0x01 : i == 5 ? 0x80 : 0x00, fragment() + std::to_string(i)));
    all += fragment() + std::to_string(i);
    if (i == 2 || i == 4) {
      five.push_back(of(0x89, "pongme " + std::to_string(i / 2) + "!"));
    }
  }
  const Answers answers{"8a:pongme 1!", "8a:pongme 2!", all};
  list.good("5.19", "5_4", "five_with_pings_between", five, answers);
  list.good("5.20", "5_4", "five_with_pings_between_by_octet", five, answers, by_octet);
}

void bad_fragments(List& list) {
  list.bad("5.1", "5_5", "ping_in_fragments", {of(0x09, fragment()), of(0x80, fragment())}, {});
  list.bad("5.2", "5_5", "pong_in_fragments", {of(0x0a, fragment()), of(0x80, fragment())}, {});
  const RawFrame hello = text("Hello, world!");
  for (const bool last : {true, false}) {
    const RawFrame lone = of(last ? 0x80 : 0x00, "non-continuation payload");
    const std::string name = last ? "last_continuation_of_nothing" : "continuation_of_nothing";
    list.bad(last ? "5.9" : "5.12", "5_4", name, {lone, hello}, {});
    list.bad(last ? "5.10" : "5.13", "5_4", name + "_in_pieces", {lone, hello}, {}, 28);
    list.bad(last ? "5.11" : "5.14", "5_4", name + "_by_octet", {lone, hello}, {}, by_octet);
  }
  const RawFrame one = of(0x01, fragment() + "1");
  const RawFrame two = of(0x80, fragment() + "2");
  list.bad("5.15", "5_4", "continuation_of_a_message_that_is_over",
           {one, two, of(0x00, fragment() + "3"), of(0x81, fragment() + "4")},
           {"81:" + fragment() + "1" + fragment() + "2"});
  list.bad("5.16", "5_4", "continuation_before_its_message",
           {of(0x00, fragment() + "1"), of(0x01, fragment() + "2"), of(0x80, fragment() + "3")},
           {});
  list.bad("5.17", "5_4", "last_continuation_before_its_message",
           {of(0x80, fragment() + "1"), of(0x01, fragment() + "2"), of(0x80, fragment() + "3")},
           {});
  list.bad("5.18", "5_4", "message_within_a_message", {one, of(0x81, fragment() + "2")}, {});
}

std::string kosme() {
  return hex("cebae1bdb9cf83cebcceb5");
}

void fragments_of_text(List& list) {
  const std::string middle = "middle frame payload";
  list.good("6.1.1", "5_6", "empty_text", {text("")}, {"81:"});
  list.good("6.1.2", "5_6", "three_empty_fragments", {of(0x01), of(0x00), of(0x80)}, {"81:"});
  list.good("6.1.3", "5_6", "payload_in_the_middle", {of(0x01), of(0x00, middle), of(0x80)},
            {"81:" + middle});
  const std::string good = hex("48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121");
  const auto by_one = [](const std::string& all) {
    Frames frames;
    for (std::size_t i = 0; i < all.size(); ++i) {
      frames.push_back(
          of(static_cast<std::uint8_t>((i + 1 == all.size() ? 0x80 : 0) | (i == 0 ? 1 : 0)),
             all.substr(i, 1)));
    }
    return frames;
  };
  list.good("6.2.1", "8_1", "good_text", {text(good)}, {"81:" + good});
  list.good("6.2.2", "8_1", "good_text_cut_between_characters",
            {of(0x01, good.substr(0, 12)), of(0x80, good.substr(12))}, {"81:" + good});
  list.good("6.2.3", "8_1", "good_text_in_fragments_of_one_octet", by_one(good), {"81:" + good});
  list.good("6.2.4", "8_1", "kosme_in_fragments_of_one_octet", by_one(kosme()), {"81:" + kosme()});
  const std::string evil = kosme() + hex("eda080") + "edited";
  list.bad("6.3.1", "8_1", "surrogate_in_text", {text(evil)}, {}, whole, 1007);
  list.bad("6.3.2", "8_1", "surrogate_in_fragments_of_one_octet", by_one(evil), {}, whole, 1007);
}

/// What is bad is known before the end of the message, of the frame, or of the character.
void fail_fast(List& list) {
  const std::string too_high = hex("f4908080");
  // None of these is ever finished: whoever waits for the end says nothing.
  list.bad("6.4.1", "8_1", "fails_before_the_message_is_over",
           {of(0x01, kosme()), of(0x00, too_high)}, {}, whole, 1007);
  list.bad("6.4.2", "8_1", "fails_at_the_octet_that_is_wrong",
           {of(0x01, kosme() + hex("f4")), of(0x00, hex("90"))}, {}, whole, 1007);
  const RawFrame text_of_three = text(kosme() + too_high + "edited");
  list.bad("6.4.3", "8_1", "fails_before_the_frame_is_over", {text_of_three}, {}, whole, 1007);
  list.last().unsent = 6;
  list.bad("6.4.4", "8_1", "fails_before_the_character_is_over_by_octet", {text_of_three}, {},
           by_octet, 1007);
  list.last().unsent = 8;
}

struct Sequences {
  const char* what;
  bool good;
  std::vector<std::string> all;
};

std::vector<Sequences> good_sequences() {
  std::vector<std::string> noncharacters{"efbfbe", "efbfbf"};
  for (const char* plane : {"f09f", "f0af", "f0bf", "f18f", "f19f", "f1af", "f1bf", "f28f", "f29f",
                            "f2af", "f2bf", "f38f", "f39f", "f3af", "f3bf", "f48f"}) {
    noncharacters.push_back(std::string(plane) + "bfbe");
    noncharacters.push_back(std::string(plane) + "bfbf");
  }
  return {
      {"first_of_its_length", true, {"00", "c280", "e0a080", "f0908080"}},
      {"last_of_its_length", true, {"7f", "dfbf", "efbfbf", "f48fbfbf"}},
      {"noncharacter", true, noncharacters},
      {"special", true, {"efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"}}};
}

std::vector<Sequences> bad_sequences() {
  const std::vector<std::string> unfinished{"c0", "e080", "f08080", "f8808080", "fc80808080",
                                            "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"};
  std::string continuations;
  for (int octet = 0x80; octet < 0xbf; ++octet) {
    continuations += static_cast<char>(octet);
  }
  const auto digits = [](std::string_view octets) {
    std::string out;
    for (const char c : octets) {
      constexpr std::string_view sixteen = "0123456789abcdef";
      out += sixteen[static_cast<unsigned char>(c) >> 4U];
      out += sixteen[static_cast<unsigned char>(c) & 15U];
    }
    return out;
  };
  std::vector<std::string> starts;
  for (const auto& [from, to] :
       {std::pair{0xc0, 0xdf}, std::pair{0xe0, 0xef}, std::pair{0xf0, 0xf7}, std::pair{0xf8, 0xfb},
        std::pair{0xfc, 0xfd}}) {
    std::string line;
    for (int octet = from; octet < to; ++octet) {
      line += digits(std::string(1, static_cast<char>(octet))) + "20";
    }
    starts.push_back(line);
  }
  std::string joined;
  for (const std::string& one : unfinished) {
    joined += one;
  }
  std::vector<std::string> pairs;
  for (const char* high : {"eda080", "edadbf", "edae80", "edafbf"}) {
    pairs.push_back(std::string(high) + "edb080");
    pairs.push_back(std::string(high) + "edbfbf");
  }
  return {
      {"first_of_5_or_6", false, {"f888808080", "fc8480808080"}},
      {"last_of_4_to_6", false, {"f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"}},
      {"lone_continuation",
       false,
       {"80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf",
        digits(continuations)}},
      {"lone_starts", false, starts},
      {"last_continuation_missing", false, unfinished},
      {"unfinished_ones_joined", false, {joined}},
      {"impossible_octet", false, {"fe", "ff", "fefeffff"}},
      {"overlong_slash", false, {"c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"}},
      {"longest_overlong", false, {"c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"}},
      {"overlong_nul", false, {"c080", "e08080", "f0808080", "f880808080", "fc8080808080"}},
      {"surrogate", false, {"eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"}},
      {"pair_of_surrogates", false, pairs}};
}

void add(List& list, const std::string& number, const std::string& what, const std::string& octets,
         bool good) {
  if (good) {
    list.good(number, "8_1", what, {text(octets)}, {"81:" + octets});
  } else {
    list.bad(number, "8_1", what, {text(octets)}, {}, whole, 1007);
  }
}

void sequences(List& list) {
  const std::vector<Sequences> good = good_sequences();
  const std::vector<Sequences> bad = bad_sequences();
  int index = 1;
  for (const char* letter : {"24", "c2a2", "e282ac", "f0a4ada2"}) {
    add(list, "6.5." + std::to_string(index++), "text_around_" + std::string(letter),
        "hello" + hex(letter) + "world", true);
  }
  add(list, "6.5.5", "kosme", kosme(), true);
  for (std::size_t size = 1; size <= kosme().size(); ++size) {
    const bool between = size == 2 || size == 5 || size == 7 || size == 9 || size == 11;
    add(list, "6.6." + std::to_string(size), "first_" + std::to_string(size) + "_octets_of_kosme",
        kosme().substr(0, size), between);
  }
  std::vector<Sequences> all{good[0], bad[0], good[1], bad[1]};
  all.push_back({"boundary", true, {"ed9fbf", "ee8080", "efbfbd", "f48fbfbf"}});
  all.insert(all.end(), bad.begin() + 2, bad.end());
  all.insert(all.end(), good.begin() + 2, good.end());
  int group = 7;
  for (const Sequences& one : all) {
    index = 1;
    for (const std::string& digits : one.all) {
      add(list, "6." + std::to_string(group) + "." + std::to_string(index++),
          std::string(one.what) + (digits.size() <= 12 ? "_" + digits : ""), hex(digits), one.good);
    }
    if (group == 11) {
      add(list, "6.11.5", "beyond_the_last_f4908080", hex("f4908080"), false);
    }
    ++group;
  }
}

void closes(List& list) {
  const RawFrame hello = text("Hello, world!");
  const Answers echoed{"81:Hello, world!", "88:03e8"};
  list.as_it_is("7.1.1", "7_1", "message_and_close", {hello, closing(1000)}, echoed);
  list.as_it_is("7.1.2", "5_5_1", "two_closes", {closing(1000), closing(1000)}, {"88:03e8"});
  list.as_it_is("7.1.3", "5_5_1", "ping_after_close", {closing(1000), of(0x89)}, {"88:03e8"});
  list.as_it_is("7.1.4", "5_5_1", "text_after_close", {closing(1000), hello}, {"88:03e8"});
  list.as_it_is("7.1.5", "5_5_1", "close_within_a_message",
                {of(0x01, "fragment1"), closing(1000), of(0x80, "fragment2")}, {"88:03e8"});
  const std::string large(256U << 10U, 'B');
  list.as_it_is("7.1.6", "5_5_1", "large_message_and_close_and_ping",
                {text(large), hello, closing(1000), of(0x89)},
                {"81:" + large, "81:Hello, world!", "88:03e8"});
  list.as_it_is("7.3.1", "5_5_1", "close_without_code", {of(0x88)}, {"88:"});
  list.bad("7.3.2", "5_5_1", "close_with_half_a_code", {of(0x88, "a")}, {});
  list.as_it_is("7.3.3", "5_5_1", "close_with_code", {closing(1000)}, {"88:03e8"});
  list.as_it_is("7.3.4", "5_5_1", "close_with_reason", {closing(1000, "Hello World!")},
                {"88:03e8"});
  list.as_it_is("7.3.5", "5_5_1", "close_with_reason_of_123",
                {closing(1000, std::string(123, '*'))}, {"88:03e8"});
  list.bad("7.3.6", "5_5", "close_with_reason_of_124", {closing(1000, std::string(124, '*'))}, {});
  list.bad("7.5.1", "8_1", "close_with_bad_text",
           {closing(1000, kosme() + hex("eda080") + "edited")}, {}, whole, 1007);
  int index = 1;
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    list.as_it_is("7.7." + std::to_string(index++), "7_4", "code_" + std::to_string(code),
                  {closing(code)}, {code_text(code)});
  }
  index = 1;
  for (const int code : {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999}) {
    list.bad("7.9." + std::to_string(index++), "7_4", "code_" + std::to_string(code),
             {closing(code)}, {});
  }
  list.bad("7.13.1", "7_4", "code_5000", {closing(5'000)}, {});
  list.bad("7.13.2", "7_4", "code_65535", {closing(65'535)}, {});
  std::string large_text(65'536, '*');
  Frames frames;
  for (std::size_t at = 0; at < large_text.size(); at += 1'300) {
    const bool last = at + 1'300 >= large_text.size();
    frames.push_back(of(static_cast<std::uint8_t>((last ? 0x80 : 0) | (at == 0 ? 1 : 0)),
                        large_text.substr(at, 1'300)));
  }
  list.good("10.1.1", "5_4", "message_of_65536_in_fragments_of_1300", frames, {"81:" + large_text});
}

}  // namespace

std::vector<EchoCase> echo_cases() {
  List list;
  framing(list);
  pings(list);
  reserved(list);
  opcodes(list);
  good_fragments(list);
  bad_fragments(list);
  fragments_of_text(list);
  fail_fast(list);
  sequences(list);
  closes(list);
  return list.take();
}

}  // namespace strowger::websocket
