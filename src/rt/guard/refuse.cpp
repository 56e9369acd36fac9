#include "rt/guard/refuse.hpp"

#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "rt/section.hpp"

namespace strowger::rt::guard {

bool in_section() {
  return section_depth() > 0;
}

void refuse(const char* what) {
  int& depth = section_depth();
  if (depth > 0) {
    depth = 0;
    constexpr const char* text = "real-time section broken by a call of ";
    (void)!write(STDERR_FILENO, text, std::strlen(text));
    (void)!write(STDERR_FILENO, what, std::strlen(what));
    (void)!write(STDERR_FILENO, "\n", 1);
    std::abort();
  }
}

}  // namespace strowger::rt::guard
