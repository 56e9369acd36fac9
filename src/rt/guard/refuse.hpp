// What the parts of the guard share: see README.md of this library.
#pragma once

#include <dlfcn.h>

namespace strowger::rt::guard {

/// Whether the calling thread is within a RealTimeSection.
[[nodiscard]] bool in_section();

/// Ends the process, naming the function, when the caller is within a RealTimeSection.
void refuse(const char* what);

/// The function that the program would have called without the guard.
template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace strowger::rt::guard

/// A function that stands before the C library's: refuses within a section, else passes on.
#define STROWGER_GUARD(result, name, parameters, arguments)                       \
  result name parameters {                                                        \
    strowger::rt::guard::refuse(#name);                                           \
    static const auto real = strowger::rt::guard::next<result parameters>(#name); \
    return real arguments;                                                        \
  }

/// The same under a symbol that can't be written here: of C++, or of what a header defines inline.
#define STROWGER_GUARD_SYMBOL(result, name, symbol, shown, parameters, arguments)  \
  result name parameters asm(symbol);                                              \
  result name parameters {                                                         \
    strowger::rt::guard::refuse(shown);                                            \
    static const auto real = strowger::rt::guard::next<result parameters>(symbol); \
    return real arguments;                                                         \
  }
