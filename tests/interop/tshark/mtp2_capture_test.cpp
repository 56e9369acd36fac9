// Every unit that a link sends from power-on through traffic, outage and failure, dumped and
// decoded by tshark: it must understand each, and find in it what we put there.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "ss7/mtp2/capture.hpp"
#include "ss7/mtp2/link.hpp"
#include "ss7/mtp2/signal_unit.hpp"

namespace strowger::interop {
namespace {

using namespace ss7::mtp2;
using Kind = Command::Kind;

/// A file that is gone when its owner is.
class TemporaryFile {
 public:
  TemporaryFile() {
    const int descriptor = ::mkstemp(name_.data());
    file_ = ::fdopen(descriptor, "wb");
  }
  ~TemporaryFile() {
    std::fclose(file_);
    std::remove(name_.data());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void write(core::Octets octets) {
    ASSERT_EQ(std::fwrite(octets.data(), 1, octets.size(), file_), octets.size());
  }
  std::string finished() {
    std::fflush(file_);
    return name_.data();
  }

 private:
  std::array<char, 32> name_{"/tmp/strowger_capture_XXXXXX"};
  std::FILE* file_ = nullptr;
};

/// What tshark understands of each unit: direction, numbers, length, status, protocols.
std::vector<std::string> decoded(const std::string& file) {
  const std::string command =
      "tshark -n -r " + file +
      " -T fields -E separator=, -e frame.p2p_dir -e mtp2.bsn -e mtp2.bib -e mtp2.fsn -e mtp2.fib"
      " -e mtp2.li -e mtp2.sf -e frame.protocols";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::vector<std::string> lines;
  std::array<char, 512> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    lines.emplace_back(line.data());
    lines.back().pop_back();
  }
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return lines;
}

struct Unit {
  std::vector<core::Octet> octets;
  bool sent = false;
};

/// Both ends' units, each change once, from power-on to failure.
class Conversation {
 public:
  explicit Conversation(Config config) : near_(config, near_room_), far_(config, far_room_) {
    for (Link* end : {&near_, &far_}) {
      order(*end, Kind::power_on);
    }
    run(20);
    for (Link* end : {&near_, &far_}) {
      order(*end, Kind::start);
    }
    run(10'000);
    const std::string text = "\x85 a message of some length for the other end";
    for (int i = 0; i < 5; ++i) {
      order(near_, Kind::message, core::octets_of(text));
      order(far_, Kind::message, core::octets_of(std::string(273, 'x')));
      run(20);
    }
    order(near_, Kind::congestion_accept);
    run(20);
    order(near_, Kind::congestion_over);
    order(near_, Kind::local_processor_outage);
    run(20);
    order(near_, Kind::stop);
    run(20);
  }
  [[nodiscard]] const std::vector<Unit>& units() const { return units_; }

 private:
  void order(Link& end, Kind kind, core::Octets message = {}) {
    core::Actions<Action> actions(records_, arena_);
    EXPECT_TRUE(end.command({kind, message, 0}, now_, actions));
  }
  void pass(Link& from, Link& to, bool sent) {
    std::array<core::Octet, max_unit_octets> room{};
    const core::Octets unit = core::Octets(room).first(from.transmit(room, now_));
    core::Actions<Action> actions(records_, arena_);
    to.input(unit, {}, now_, actions);
    std::vector<core::Octet>& last = sent ? last_sent_ : last_heard_;
    const std::vector<core::Octet> octets(unit.begin(), unit.end());
    if (octets != last) {
      units_.push_back({octets, sent});
      last = octets;
    }
  }
  void run(int milliseconds) {
    for (int i = 0; i < milliseconds; ++i, now_ += core::milliseconds(1)) {
      pass(near_, far_, true);
      pass(far_, near_, false);
      for (Link* end : {&near_, &far_}) {
        core::Actions<Action> actions(records_, arena_);
        end->expire(now_, actions);
      }
    }
  }

  MessageRoom<128> near_room_{};
  MessageRoom<128> far_room_{};
  std::array<Action, 64> records_{};
  std::array<core::Octet, 4096> arena_{};
  Link near_;
  Link far_;
  core::Time now_{};
  std::vector<core::Octet> last_sent_;
  std::vector<core::Octet> last_heard_;
  std::vector<Unit> units_;
};

std::string dump(TemporaryFile& file, const std::vector<Unit>& units, CaptureType type,
                 Config::Numbers numbers) {
  file.write(capture_header(type));
  std::array<core::Octet, max_capture_record_octets> room{};
  std::int64_t second = 1'600'000'000;
  for (const Unit& unit : units) {
    file.write(capture_record({unit.octets, {second++ * 1'000'000'000}, unit.sent, 77, numbers},
                              type, room));
  }
  return file.finished();
}

std::string flag(bool value) {
  return value ? "1" : "0";
}

/// What tshark should print of a unit: direction where it is told, numbers, length, status.
std::string wanted(const Unit& unit, CaptureType type, Config::Numbers numbers) {
  const auto parsed = parse(unit.octets, {numbers});
  EXPECT_TRUE(parsed);
  const Format format{numbers};
  const std::size_t behind = unit.octets.size() - format.header_octets();
  std::string line = type == CaptureType::with_direction ? (unit.sent ? "0" : "1") : "";
  line += "," + std::to_string(parsed->header.bsn) + "," + flag(parsed->header.bib) + "," +
          std::to_string(parsed->header.fsn) + "," + flag(parsed->header.fib) + "," +
          std::to_string(std::min(behind, format.most_length())) + ",";
  if (parsed->kind == SignalUnit::Kind::status) {
    line += std::to_string(parsed->status);
  }
  return line;
}

void expect_understood(const Config& config, CaptureType type) {
  const Conversation conversation(config);
  ASSERT_GT(conversation.units().size(), 25U);
  TemporaryFile file;
  const auto lines = decoded(dump(file, conversation.units(), type, config.numbers));
  ASSERT_EQ(lines.size(), conversation.units().size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line = wanted(conversation.units()[i], type, config.numbers) + ",mtp2";
    EXPECT_EQ(lines[i].substr(0, line.size()), line) << i << ": " << lines[i];
  }
}

TEST(Tshark, understands_every_unit_with_direction) {
  expect_understood(config_64_kbit(), CaptureType::with_direction);
}

TEST(Tshark, understands_every_unit_without_direction) {
  expect_understood(config_64_kbit(), CaptureType::plain);
}

TEST(Tshark, understands_twelve_bit_numbers) {
  Config config = config_2_mbit();
  config.timers.t4_normal = core::seconds(3);
  expect_understood(config, CaptureType::with_direction);
}

TEST(Tshark, understands_status_of_two_octets) {
  Config config;
  config.status_octets = 2;
  expect_understood(config, CaptureType::with_direction);
}

TEST(Capture, refuses_a_room_that_is_too_small) {
  std::array<core::Octet, 16 + 4 + 2> room{};
  const std::array<core::Octet, 3> unit{};
  EXPECT_TRUE(capture_record({unit, {}, false, 0, {}}, CaptureType::with_direction, room).empty());
  EXPECT_EQ(capture_record({unit, {}, false, 0, {}}, CaptureType::plain, room).size(), 19U);
}

}  // namespace
}  // namespace strowger::interop
