#include "rt/section.hpp"

namespace strowger::rt {

int& section_depth() {
  static thread_local int depth = 0;
  return depth;
}

}  // namespace strowger::rt
