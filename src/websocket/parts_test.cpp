// The engine's parts, each alone: masks, UTF-8, frame heads, extensions, DEFLATE, buffers.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "http/octet_buffer.hpp"
#include "websocket/deflate.hpp"
#include "websocket/extension.hpp"
#include "websocket/frame.hpp"
#include "websocket/mask.hpp"
#include "websocket/utf8.hpp"
#include "websocket/websocket_fixture.hpp"

namespace strowger::websocket {
namespace {

http::Fields extensions(std::string& room, std::string_view value) {
  room = "Sec-WebSocket-Extensions: " + std::string(value) + "\r\n";
  return http::Fields(room);
}

std::string answer(std::string_view offer, const DeflateSettings& settings = {}) {
  std::string room;
  const auto result = answer_offers(extensions(room, offer), settings);
  return result ? result->answer : "fault";
}

TEST(Mask, is_the_same_as_octet_by_octet_at_every_length_and_phase) {
  const MaskKey key{1, 0x7f, 0x80, 0xfe};
  for (std::size_t size = 0; size < 150; ++size) {
    for (std::size_t phase = 0; phase < 4; ++phase) {
      std::vector<core::Octet> from(size);
      std::vector<core::Octet> to(size + 1, 0x55);
      core::Octet all = 0;
      for (std::size_t i = 0; i < size; ++i) {
        from[i] = static_cast<core::Octet>(i * 37 + 11);
        all |= static_cast<core::Octet>(from[i] ^ key[(phase + i) % 4]);
      }
      EXPECT_EQ(mask_copy(core::MutableOctets(to).first(size), from, key, phase), all);
      for (std::size_t i = 0; i < size; ++i) {
        ASSERT_EQ(to[i], from[i] ^ key[(phase + i) % 4]) << size << " " << phase << " " << i;
      }
      EXPECT_EQ(to[size], 0x55);
    }
  }
}

TEST(Utf8, takes_and_refuses_what_RFC_3629_says_however_it_is_cut) {
  const std::vector<std::pair<std::string, bool>> cases = {{"", true},
                                                           {"hello", true},
                                                           {"\xc2\x80", true},
                                                           {"\xdf\xbf", true},
                                                           {"\xe0\xa0\x80", true},
                                                           {"\xed\x9f\xbf", true},
                                                           {"\xee\x80\x80", true},
                                                           {"\xef\xbf\xbf", true},
                                                           {"\xf0\x90\x80\x80", true},
                                                           {"\xf4\x8f\xbf\xbf", true},
                                                           {"\xc0\x80", false},
                                                           {"\xc1\xbf", false},
                                                           {"\xe0\x9f\xbf", false},
                                                           {"\xed\xa0\x80", false},
                                                           {"\xed\xbf\xbf", false},
                                                           {"\xf0\x8f\xbf\xbf", false},
                                                           {"\xf4\x90\x80\x80", false},
                                                           {"\xf5\x80\x80\x80", false},
                                                           {"\xff", false},
                                                           {"\x80", false},
                                                           {"\xc2", false},
                                                           {"\xe1\x80", false},
                                                           {"\xf1\x80\x80", false},
                                                           {"\xc2\x41", false},
                                                           {"\xe1\x80\xc0", false}};
  for (const auto& [text, good] : cases) {
    const std::string padded = std::string(33, 'x') + text + (good ? std::string(40, 'y') : "");
    for (std::size_t cut = 0; cut <= padded.size(); ++cut) {
      Utf8 state;
      const bool taken = state.take(core::octets_of(padded).first(cut)) &&
                         state.take(core::octets_of(padded).subspan(cut)) && state.complete();
      EXPECT_EQ(taken, good) << text << " cut at " << cut;
    }
  }
}

TEST(Utf8, fails_at_the_first_octet_that_cannot_be_right) {
  for (const char* start : {"\xc0", "\xc1", "\xf5", "\xff", "\x80", "\xe0\x9f", "\xed\xa0",
                            "\xf0\x8f", "\xf4\x90", "\xf4\x8f\x41"}) {
    EXPECT_FALSE(Utf8().take(core::octets_of(start)));
    const std::string_view before(start, std::string_view(start).size() - 1);
    EXPECT_TRUE(Utf8().take(core::octets_of(before)));
  }
}

TEST(Frame, heads_are_read_as_they_were_written) {
  for (const std::uint64_t length : {0ULL, 125ULL, 126ULL, 65'535ULL, 65'536ULL, 1ULL << 62U}) {
    for (const bool masked : {false, true}) {
      FrameHead head;
      head.opcode = Opcode::binary;
      head.length = length;
      head.masked = masked;
      head.key = masked ? MaskKey{1, 2, 3, 4} : MaskKey{};
      std::array<core::Octet, longest_frame_head> room{};
      const std::size_t size = write_frame_head(room, head);
      for (std::size_t cut = 0; cut < size; ++cut) {
        const auto part = read_frame_head(core::Octets(room).first(cut), {masked, false});
        ASSERT_TRUE(part);
        EXPECT_FALSE(*part);
      }
      const auto again = read_frame_head(core::Octets(room).first(size), {masked, false});
      ASSERT_TRUE(again && *again);
      EXPECT_EQ((*again)->length, length);
      EXPECT_EQ((*again)->octets, size);
      EXPECT_EQ((*again)->key, head.key);
    }
  }
}

TEST(Extension, a_server_takes_the_first_offer_it_can) {
  EXPECT_EQ(answer("permessage-deflate"), "permessage-deflate");
  EXPECT_EQ(answer("x-other, permessage-deflate"), "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=10"),
            "permessage-deflate; server_max_window_bits=10");
  EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=\"10\""),
            "permessage-deflate; server_max_window_bits=10");
  EXPECT_EQ(answer("permessage-deflate; server_no_context_takeover"),
            "permessage-deflate; server_no_context_takeover");
  EXPECT_EQ(answer("permessage-deflate; client_no_context_takeover"),
            "permessage-deflate; client_no_context_takeover");
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits"), "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits=9"),
            "permessage-deflate; client_max_window_bits=9");
  EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=7, permessage-deflate"),
            "permessage-deflate");
}

TEST(Extension, a_server_asks_for_less_memory_only_where_it_may) {
  DeflateSettings small;
  small.own_window_bits = 11;
  small.peer_window_bits = 10;
  small.own_takeover = false;
  EXPECT_EQ(answer("permessage-deflate", small),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=11");
  EXPECT_EQ(answer("permessage-deflate; client_max_window_bits", small),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=11; "
            "client_max_window_bits=10");
  small.enabled = false;
  EXPECT_EQ(answer("permessage-deflate", small), "");
}

TEST(Extension, a_server_declines_offers_that_break_the_rules) {
  for (const char* bad :
       {"permessage-deflate; unknown", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7", "permessage-deflate; x=1",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits=8; client_max_window_bits=8", "x-other"}) {
    EXPECT_EQ(answer(bad), "") << bad;
  }
  for (const char* worse : {"permessage-deflate;", "permessage-deflate; =1", "a b",
                            "permessage-deflate; x=\"a b\"", "permessage-deflate; x="}) {
    EXPECT_EQ(answer(worse), "fault") << worse;
  }
}

TEST(Extension, a_client_takes_no_more_than_it_offered) {
  const auto read = [](std::string_view text, const DeflateSettings& settings) {
    std::string room;
    const auto result = read_answer(extensions(room, text), settings);
    return !result   ? "fault " + std::to_string(static_cast<int>(result.error()))
           : *result ? "agreed " + std::to_string((*result)->own_window_bits)
                     : "none";
  };
  EXPECT_EQ(read("permessage-deflate", {}), "agreed 15");
  EXPECT_EQ(read("permessage-deflate; client_max_window_bits=9", {}), "agreed 9");
  EXPECT_EQ(read("permessage-deflate, permessage-deflate", {}), "fault 2");
  EXPECT_EQ(read("x-other", {}), "fault 1");
  EXPECT_EQ(read("permessage-deflate; client_max_window_bits", {}), "fault 3");
  EXPECT_EQ(read("permessage-deflate; unknown", {}), "fault 3");
  EXPECT_EQ(read("permessage-deflate; a b", {}), "fault 0");
  DeflateSettings small;
  small.peer_window_bits = 10;
  EXPECT_EQ(read("permessage-deflate", small), "fault 3") << "it asked for 10 bits";
  EXPECT_EQ(read("permessage-deflate; server_max_window_bits=10", small), "agreed 15");
  small = {};
  small.peer_takeover = false;
  EXPECT_EQ(read("permessage-deflate", small), "fault 3");
  small.enabled = false;
  EXPECT_EQ(read("permessage-deflate", small), "fault 1");
  EXPECT_EQ(make_offer(small), "");
}

TEST(Deflate, gives_back_what_went_in_at_every_window) {
  BufferStock stock;
  std::string message;
  for (int i = 0; i < 3'000; ++i) {
    message += "line " + std::to_string(i * i % 97) + "\n";
  }
  for (int bits = 8; bits <= 15; ++bits) {
    Deflater deflater(bits, {});
    Inflater inflater(bits);
    for (int round = 0; round < 3; ++round) {
      OctetBuffer packed;
      OctetBuffer plain;
      deflater.deflate(core::octets_of(message), packed, stock);
      EXPECT_LT(packed.size(), message.size() / 2);
      ASSERT_EQ(inflater.inflate(packed.view(), plain, message.size(), stock),
                Inflater::Outcome::good);
      ASSERT_EQ(inflater.finish(plain, message.size(), stock), Inflater::Outcome::good);
      EXPECT_TRUE(core::text_of(plain.view()) == message) << bits;
      plain.clear(stock);
      packed.clear(stock);
    }
  }
}

TEST(Deflate, stops_a_bomb_at_the_limit) {
  BufferStock stock;
  Deflater deflater(15, {});
  OctetBuffer packed;
  deflater.deflate(std::vector<core::Octet>(10U << 20U), packed, stock);
  ASSERT_LT(packed.size(), 20'000U);
  Inflater inflater(15);
  OctetBuffer plain;
  EXPECT_EQ(inflater.inflate(packed.view(), plain, 100'000, stock), Inflater::Outcome::too_big);
  EXPECT_LE(plain.size(), 100'001U);
}

TEST(InflaterPool, keeps_few_whatever_windows_the_peers_choose) {
  InflaterPool pool(4);
  for (int round = 0; round < 100; ++round) {
    for (int bits = 8; bits <= 15; ++bits) {
      std::unique_ptr<Inflater> inflater = pool.take(bits);
      EXPECT_EQ(inflater->window_bits(), bits);
      pool.give_back(std::move(inflater));
      EXPECT_LE(pool.kept(), 4U);
    }
  }
  EXPECT_EQ(pool.kept(), 4U);
  const std::unique_ptr<Inflater> last = pool.take(15);
  EXPECT_EQ(pool.kept(), 3U) << "the same again";
}

TEST(InflaterPool, lends_them_without_what_they_have_seen) {
  BufferStock stock;
  InflaterPool pool;
  Deflater deflater(15, {});
  const std::string message(100, 'm');
  OctetBuffer first;
  OctetBuffer second;
  deflater.deflate(core::octets_of(message), first, stock);
  deflater.deflate(core::octets_of(message), second, stock);
  std::unique_ptr<Inflater> inflater = pool.take(15);
  OctetBuffer out;
  ASSERT_EQ(inflater->inflate(first.view(), out, 1'000, stock), Inflater::Outcome::good);
  pool.give_back(std::move(inflater));
  inflater = pool.take(15);
  out.clear(stock);
  EXPECT_EQ(inflater->inflate(second.view(), out, 1'000, stock), Inflater::Outcome::corrupt)
      << "it refers to the first";
}

TEST(OctetBuffer, holds_memory_only_while_it_holds_octets) {
  BufferStock stock(64U << 10U);
  OctetBuffer buffer;
  std::string all;
  for (int i = 0; i < 1'000; ++i) {
    const std::string part = std::to_string(i);
    buffer.append(core::octets_of(part), stock);
    all += part;
    if (i % 3 == 0) {
      buffer.drop(2, stock);
      all.erase(0, 2);
    }
  }
  EXPECT_EQ(core::text_of(buffer.view()), all);
  EXPECT_GT(stock.kept_octets(), 0U);
  const std::size_t before = stock.kept_octets();
  buffer.drop(buffer.size(), stock);
  EXPECT_GT(stock.kept_octets(), before);
  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace strowger::websocket
