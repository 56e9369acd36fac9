// Who decides in the checker of memory_model_fixture.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace strowger::rt::model {

/// Decides among possibilities, and knows when all have been tried.
class Choices {
 public:
  virtual ~Choices() = default;
  virtual std::size_t choose(std::size_t count) = 0;
  /// Whether a running thread may be interrupted once more.
  virtual bool may_preempt(unsigned so_far) = 0;
};

class AllChoices final : public Choices {
 public:
  explicit AllChoices(unsigned preemptions) : preemptions_(preemptions) {}

  std::size_t choose(std::size_t count) override {
    if (count == 1) {
      return 0;
    }
    if (at_ == made_.size()) {
      made_.push_back({0, count});
    }
    return made_[at_++].taken;
  }
  bool may_preempt(unsigned so_far) override { return so_far < preemptions_; }
  /// The next path of the tree; false when there is none.
  bool next() {
    at_ = 0;
    while (!made_.empty() && made_.back().taken + 1 == made_.back().count) {
      made_.pop_back();
    }
    if (made_.empty()) {
      return false;
    }
    ++made_.back().taken;
    return true;
  }

 private:
  struct Made {
    std::size_t taken;
    std::size_t count;
  };
  unsigned preemptions_;
  std::vector<Made> made_;
  std::size_t at_ = 0;
};

class RandomChoices final : public Choices {
 public:
  explicit RandomChoices(std::uint64_t seed) : random_(seed) {}
  std::size_t choose(std::size_t count) override { return count == 1 ? 0 : random_() % count; }
  bool may_preempt(unsigned /*so_far*/) override { return random_() % 4 == 0; }

 private:
  std::mt19937_64 random_;
};

}  // namespace strowger::rt::model
