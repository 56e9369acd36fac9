// Marks where a thread must not wait: within a RealTimeSection no lock is taken, nothing is
// allocated, formatted or asked of a file system. Costs two additions in the program; under test
// the guard (src/rt/guard, linked into test programs) aborts on any call that breaks the promise.
#pragma once

namespace strowger::rt {

/// How many sections the calling thread is in.
[[nodiscard]] int& section_depth();

class RealTimeSection {
 public:
  RealTimeSection() : depth_(section_depth()) { ++depth_; }
  ~RealTimeSection() { --depth_; }
  RealTimeSection(const RealTimeSection&) = delete;
  RealTimeSection& operator=(const RealTimeSection&) = delete;

 private:
  int& depth_;
};

}  // namespace strowger::rt
