#include "echo_run.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "conformance/registered.hpp"

namespace strowger::websocket {
namespace {

void add_test(const End& end, std::string name, const std::string& number,
              const std::function<void()>& body) {
  name += "_case_" + number;
  std::replace(name.begin(), name.end(), '.', '_');
  register_test(end.name, name, body);
}

std::string wire(const std::vector<RawFrame>& frames, Stand::Role to) {
  std::string octets;
  for (RawFrame frame : frames) {
    frame.masked = to == Stand::Role::server;
    octets += raw(frame);
  }
  return octets;
}

void run(const EchoCase& one, const End& end) {
  const auto endpoint = end.open({});
  const std::string all = wire(one.frames, end.role);
  std::string_view octets = std::string_view(all).substr(0, all.size() - one.unsent);
  while (!octets.empty()) {
    endpoint->send(octets.substr(0, one.piece));
    octets.remove_prefix(std::min(one.piece, octets.size()));
  }
  const auto heard = frames_of(endpoint->heard(), end.role == Stand::Role::client);
  ASSERT_EQ(heard.size(), one.answers.size()) << joined(heard).substr(0, 200);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    EXPECT_TRUE(heard[i] == one.answers[i]) << heard[i].substr(0, 200) << "\nand not\n"
                                            << one.answers[i].substr(0, 200);
  }
}

std::vector<RawFrame> frames_of_message(const DeflateCase& one, const std::string& packed) {
  const std::size_t most = one.fragment == 0 ? packed.size() : one.fragment;
  const auto opcode = one.kind() == Kind::text ? 0x41 : 0x42;
  std::vector<RawFrame> frames;
  for (std::size_t at = 0; at < packed.size(); at += most) {
    RawFrame frame;
    const bool last = at + most >= packed.size();
    frame.first = static_cast<std::uint8_t>((last ? 0x80 : 0) | (at == 0 ? opcode : 0));
    frame.payload = packed.substr(at, most);
    frames.push_back(frame);
  }
  return frames;
}

/// The message of a frame as `frames_of` tells it, inflated where it is compressed.
std::string plain(const std::string& frame, TestInflater& inflater) {
  const std::string payload = frame.substr(3);
  return frame.starts_with("c") ? inflater(payload) : payload;
}

void run(const DeflateCase& one, const End& end) {
  const auto endpoint = end.open(end.role == Stand::Role::server ? one.offer : one.answer);
  TestDeflater deflater(one.peer_bits);
  std::vector<RawFrame> frames;
  for (std::size_t i = 0; i < one.count(); ++i) {
    for (RawFrame& frame : frames_of_message(one, deflater(one.message(i)))) {
      frames.push_back(std::move(frame));
    }
    if (!one.peer_takeover) {
      deflater.reset();
    }
  }
  RawFrame closing;
  closing.first = 0x88;
  closing.payload = "\x03\xe8";
  frames.push_back(closing);
  endpoint->send(wire(frames, end.role));
  const auto heard = frames_of(endpoint->heard(), end.role == Stand::Role::client);
  ASSERT_EQ(heard.size(), one.count() + 1);
  EXPECT_EQ(heard.back(), "88:03e8");
  TestInflater inflater(one.endpoint_bits);
  const std::string first = one.kind() == Kind::text ? "1:" : "2:";
  std::size_t compressed = 0;
  for (std::size_t i = 0; i < one.count(); ++i) {
    EXPECT_EQ(heard[i].substr(1, 2), first);
    compressed += heard[i].starts_with("c") ? 1U : 0U;
    EXPECT_TRUE(plain(heard[i], inflater) == one.message(i)) << "message " << i;
    if (!one.endpoint_takeover) {
      inflater.reset();
    }
  }
  EXPECT_EQ(compressed, one.size < DeflateSettings().shortest ? 0U : one.count());
}

}  // namespace

bool register_echo_cases(const End& end) {
  for (const EchoCase& one : echo_cases()) {
    add_test(end, "Rfc6455_" + one.clause + "_" + one.text, one.number,
             [one, end] { run(one, end); });
  }
  for (const DeflateCase& one : deflate_cases()) {
    add_test(end, "Rfc7692_7_2_" + one.text, one.number, [one, end] { run(one, end); });
  }
  return true;
}

TEST(EchoCases, Rfc6455_5_every_case_of_the_public_list_is_there_once) {
  std::set<std::string> numbers;
  std::size_t basic = 0;
  for (const EchoCase& one : echo_cases()) {
    EXPECT_TRUE(numbers.insert(one.number).second) << one.number;
    ++basic;
  }
  EXPECT_EQ(basic, 247U);
  for (const DeflateCase& one : deflate_cases()) {
    EXPECT_TRUE(numbers.insert(one.number).second) << one.number;
  }
  EXPECT_EQ(numbers.size(), 247U + 216U);
}

}  // namespace strowger::websocket
