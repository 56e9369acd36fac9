// The engine with completions on both loops, over a device that takes its time and may fail.
#include <map>
#include <string>

#include "contract/both_loops_fixture.hpp"

namespace strowger::contract {
namespace {

using core::milliseconds;
using Kind = BlockStore::Action::Kind;
using Strings = std::vector<std::string>;

std::string block_of(std::string text) {
  text.resize(BlockStore::block_octets, '-');
  return text;
}

/// A store and its device: blocks in a map, each read or write done some milliseconds later, later
/// ones sometimes sooner.
class Disk {
 public:
  explicit Disk(io::Loop& loop)
      : store(loop, [] { return BlockStore({.write_after = milliseconds(10)}); }), loop_(loop) {
    store.on_action = [this](const BlockStore::Action& action, core::Time) { acted(action); };
  }

  auto put(std::uint64_t block, const std::string& text) {
    const std::string octets = block_of(text);
    return store->command(BlockStore::Put{block, core::octets_of(octets)}, loop_.now());
  }
  auto get(std::uint64_t user, std::uint64_t block) {
    return store->command(BlockStore::Get{user, block}, loop_.now());
  }
  void flush() { (void)store->command(BlockStore::Flush{}, loop_.now()); }

  LoopStand<BlockStore, BlockCodec> store;
  std::map<std::uint64_t, std::string> blocks;
  std::map<std::uint64_t, std::string> got;  // by user
  std::function<void(std::uint64_t)> when_got;
  int fail = 0;  // so many of the next reads and writes
  int reads = 0;
  int writes = 0;
  int failed = 0;
  int lost = 0;
  int flushed = 0;

 private:
  void later(std::function<void()> work) {
    const core::Duration delay = milliseconds(operations_++ % 2 == 0 ? 3 : 1);
    loop_.call_at(loop_.now() + delay, std::move(work));
  }

  void read(std::uint64_t tag, std::uint64_t block) {
    ++reads;
    later([this, tag, block, ok = fail-- <= 0] {
      const std::string octets = block_of(blocks[block]);
      store->event(BlockStore::Completion{tag, ok, core::octets_of(octets)}, loop_.now());
    });
  }

  /// The octets of a WriteBlock hold until its completion: they are looked at only then.
  void write(std::uint64_t tag, std::uint64_t block, core::Octets octets) {
    ++writes;
    later([this, tag, block, octets, ok = fail-- <= 0] {
      if (ok) {
        blocks[block] = core::text_of(octets);
      }
      store->event(BlockStore::Completion{tag, ok, {}}, loop_.now());
    });
  }

  void acted(const BlockStore::Action& action) {
    switch (action.kind) {
      case Kind::read_block:
        return read(action.tag, action.block);
      case Kind::write_block:
        return write(action.tag, action.block, action.octets);
      case Kind::got:
        got[action.tag] = core::text_of(action.octets);
        if (when_got) {
          when_got(action.tag);
        }
        return;
      case Kind::failed:
        ++failed;
        return;
      case Kind::lost:
        ++lost;
        return;
      case Kind::flushed:
        ++flushed;
        return;
    }
  }

  io::Loop& loop_;
  int operations_ = 0;
};

class CompletionsTest : public ContractTest {
 public:
  ~CompletionsTest() override { disk_.store.expect_same_again(); }

 protected:
  Disk disk_{world_->near()};
};

TEST_P(CompletionsTest, writes_back_later_and_reads_what_it_wrote) {
  for (std::uint64_t block = 0; block < 4; ++block) {
    EXPECT_TRUE(disk_.put(block, "block " + std::to_string(block)));
  }
  EXPECT_EQ(disk_.put(4, "one too many").error(), BlockStore::Refusal::busy);
  EXPECT_TRUE(disk_.get(1, 3));
  EXPECT_EQ(disk_.got[1], block_of("block 3")) << "from its page, at once";
  EXPECT_EQ(disk_.writes, 0);
  EXPECT_TRUE(world_->run_until([&] { return disk_.blocks.size() == 4; }));
  EXPECT_EQ(disk_.blocks[2], block_of("block 2"));
  EXPECT_EQ(disk_.reads, 0);
  // Other blocks push the first ones out; then those come from the device.
  for (std::uint64_t block = 10; block < 14; ++block) {
    EXPECT_TRUE(disk_.get(block, block));
  }
  EXPECT_TRUE(world_->run_until([&] { return disk_.got.size() == 5; }));
  EXPECT_TRUE(disk_.get(2, 0));
  EXPECT_TRUE(world_->run_until([&] { return disk_.got.count(2) == 1; }));
  EXPECT_EQ(disk_.got[2], block_of("block 0"));
}

TEST_P(CompletionsTest, reads_once_for_all_who_wait) {
  disk_.blocks[7] = "seven";
  for (std::uint64_t user = 1; user <= BlockStore::most_waiting; ++user) {
    EXPECT_TRUE(disk_.get(user, 7));
  }
  EXPECT_EQ(disk_.get(9, 7).error(), BlockStore::Refusal::busy);
  EXPECT_TRUE(world_->run_until([&] { return disk_.got.size() == BlockStore::most_waiting; }));
  EXPECT_EQ(disk_.got[4], block_of("seven"));
  EXPECT_EQ(disk_.reads, 1);
}

TEST_P(CompletionsTest, takes_commands_from_within_a_delivery) {
  disk_.when_got = [&](std::uint64_t user) {
    if (user < 20) {
      EXPECT_TRUE(disk_.get(user + 1, user + 1));
    }
  };
  EXPECT_TRUE(disk_.get(1, 1));
  EXPECT_TRUE(world_->run_until([&] { return disk_.got.size() == 20; }));
  EXPECT_EQ(disk_.reads, 20);
}

TEST_P(CompletionsTest, flushes_what_changed_even_while_it_is_being_written) {
  EXPECT_TRUE(disk_.put(1, "first"));
  disk_.flush();
  EXPECT_EQ(disk_.writes, 1);
  EXPECT_TRUE(disk_.put(1, "second")) << "while the first is under way";
  EXPECT_TRUE(world_->run_until([&] { return disk_.flushed == 1; }));
  EXPECT_EQ(disk_.blocks[1], block_of("second"));
  EXPECT_EQ(disk_.writes, 2);
  disk_.flush();
  EXPECT_EQ(disk_.flushed, 2) << "nothing to do";
}

TEST_P(CompletionsTest, tells_of_a_failed_read_and_tries_a_failed_write_again) {
  disk_.fail = 1;
  EXPECT_TRUE(disk_.get(1, 1));
  EXPECT_TRUE(world_->run_until([&] { return disk_.failed == 1; }));
  EXPECT_TRUE(disk_.got.empty());
  disk_.fail = 2;
  EXPECT_TRUE(disk_.put(1, "kept"));
  EXPECT_TRUE(world_->run_until([&] { return disk_.blocks[1] == block_of("kept"); }));
  EXPECT_EQ(disk_.lost, 2);
  EXPECT_EQ(disk_.writes, 3);
}

STROWGER_BOTH_LOOPS(CompletionsTest);

}  // namespace
}  // namespace strowger::contract
