// The cases of groups 12 and 13: five kinds of matter, eighteen sizes, seven agreements.
#include <algorithm>
#include <array>

#include "echo_cases.hpp"

namespace strowger::websocket {
namespace {

struct Size {
  std::size_t message;
  std::size_t fragment;
};
constexpr std::array sizes{Size{16, 0},          Size{64, 0},          Size{256, 0},
                           Size{1'024, 0},       Size{4'096, 0},       Size{8'192, 0},
                           Size{16'384, 0},      Size{32'768, 0},      Size{65'536, 0},
                           Size{131'072, 0},     Size{8'192, 256},     Size{16'384, 256},
                           Size{32'768, 256},    Size{65'536, 256},    Size{131'072, 256},
                           Size{131'072, 1'024}, Size{131'072, 4'096}, Size{131'072, 32'768}};

struct Agreement {
  const char* text;
  const char* offer;
  const char* answer;
  int bits;
  bool takeover;
};
constexpr const char* name = "permessage-deflate";
constexpr std::array agreements{
    Agreement{"as_it_comes", "", "", 15, true},
    Agreement{"without_takeover", "; server_no_context_takeover", "; client_no_context_takeover",
              15, false},
    Agreement{"window_of_9", "; client_max_window_bits; server_max_window_bits=9",
              "; client_max_window_bits=9", 9, true},
    Agreement{"window_of_15", "; client_max_window_bits; server_max_window_bits=15",
              "; client_max_window_bits=15", 15, true},
    Agreement{"without_takeover_window_of_9",
              "; server_no_context_takeover; client_max_window_bits; server_max_window_bits=9",
              "; client_no_context_takeover; client_max_window_bits=9", 9, false},
    Agreement{"without_takeover_window_of_15",
              "; server_no_context_takeover; client_max_window_bits; server_max_window_bits=15",
              "; client_no_context_takeover; client_max_window_bits=15", 15, false},
    Agreement{"the_first_of_three_offers",
              "; server_no_context_takeover; server_max_window_bits=9, "
              "permessage-deflate; server_no_context_takeover, permessage-deflate",
              "; client_no_context_takeover; client_max_window_bits=9", 9, false}};

constexpr std::array matter_names{"json", "bitmap", "prose", "markup", "noise"};
/// Of the messages of a case, all together.
constexpr std::size_t octets_a_case = 128U << 10U;

std::string sized(const char* text, const Size& size) {
  return std::string(text) + "_in_messages_of_" + std::to_string(size.message) +
         (size.fragment == 0 ? "" : "_in_fragments_of_" + std::to_string(size.fragment));
}

/// One piece of matter; `n` counts them.
std::string piece(Matter matter, std::uint32_t n) {
  const std::uint32_t chance = n * 2'654'435'761U;
  switch (matter) {
    case Matter::json:
      return "{\"id\": " + std::to_string(n) + ", \"name\": \"line " + std::to_string(chance % 97) +
             "\", \"up\": " + (chance % 3 == 0 ? "true" : "false") + "}, ";
    case Matter::bitmap: {
      std::string row;
      for (std::uint32_t x = 0; x < 32; ++x) {
        row += static_cast<char>((x * 3 + n) / 2 + (chance >> x % 24U & 3U));
      }
      return row;
    }
    case Matter::prose: {
      constexpr std::array words{"Habe",
                                 "nun",
                                 "ach",
                                 "Philosophie",
                                 "Juristerei",
                                 "und",
                                 "Medizin",
                                 "leider",
                                 "auch",
                                 "Theologie",
                                 "durchaus",
                                 "studiert",
                                 "mit",
                                 "hei\xc3\x9f"
                                 "em",
                                 "Bem\xc3\xbchn"};
      return std::string(words[chance / 7 % words.size()]) + (n % 9 == 8 ? ".\n" : " ");
    }
    case Matter::markup:
      return "<tr class=\"row" + std::to_string(n % 2) + "\"><td>" + std::to_string(chance) +
             "</td></tr>\n";
    case Matter::noise:
      break;
  }
  std::string octets;
  for (std::uint32_t state = chance | 1U, i = 0; i < 64; ++i) {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    octets += static_cast<char>(state >> 11U);
  }
  return octets;
}

}  // namespace

std::size_t DeflateCase::count() const {
  return std::clamp<std::size_t>(octets_a_case / size, 2, 50);
}

/// Cut where it is full; text of letters of two octets is sent as binary.
std::string DeflateCase::message(std::size_t index) const {
  std::string out;
  for (auto n = static_cast<std::uint32_t>(index * 1'000); out.size() < size; ++n) {
    out += piece(matter, n);
  }
  out.resize(size);
  return out;
}

Kind DeflateCase::kind() const {
  return matter == Matter::json || matter == Matter::markup ? Kind::text : Kind::binary;
}

std::vector<DeflateCase> deflate_cases() {
  std::vector<DeflateCase> cases;
  const auto add = [&](const std::string& group, const std::string& text, Matter matter,
                       const Agreement& agreement) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      DeflateCase one;
      one.number = group + std::to_string(i + 1);
      one.text = sized(text.c_str(), sizes[i]);
      one.matter = matter;
      one.size = sizes[i].message;
      one.fragment = sizes[i].fragment;
      one.offer = std::string(name) + agreement.offer;
      one.answer = std::string(name) + agreement.answer;
      one.endpoint_bits = agreement.bits;
      one.endpoint_takeover = agreement.takeover;
      cases.push_back(std::move(one));
    }
  };
  for (std::size_t i = 0; i < matter_names.size(); ++i) {
    add("12." + std::to_string(i + 1) + ".", matter_names[i], static_cast<Matter>(i),
        agreements[0]);
  }
  for (std::size_t i = 0; i < agreements.size(); ++i) {
    add("13." + std::to_string(i + 1) + ".", agreements[i].text, Matter::json, agreements[i]);
  }
  return cases;
}

}  // namespace strowger::websocket
