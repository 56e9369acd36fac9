#include "rt/section.hpp"

namespace strowger::rt {

int& section_depth() {
  // tidy: mutable-global because the guard must find a thread's sections from within malloc
  static thread_local int depth = 0;
  return depth;
}

}  // namespace strowger::rt
