# One interface target carries every flag, so that all of the tree is built alike.
option(STROWGER_FIRMWARE "freestanding compile check of what firmware uses" OFF)
option(STROWGER_FUZZ "libFuzzer targets (clang)" OFF)
option(STROWGER_TESTS "unit and conformance tests" ON)
set(STROWGER_SANITIZE "" CACHE STRING "sanitizers, as -fsanitize= takes them")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(STROWGER_CCACHE ccache)
if(STROWGER_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${STROWGER_CCACHE})
endif()

add_library(strowger_options INTERFACE)
target_compile_options(strowger_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wnull-dereference -Werror
  -fno-omit-frame-pointer)
# gcc's null-dereference and maybe-uninitialized analyses misfire on optional and expected once
# inlined under optimisation or sanitizers; clang-tidy looks for the real cases.
target_compile_options(strowger_options INTERFACE -Wno-null-dereference
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# A coroutine promise whose operator new takes the coroutine's parameters is a template, its
# operator delete can't be one: gcc 12 calls the pair mismatched.
target_compile_options(strowger_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
# clang 14 has coroutines but does not announce them as libstdc++ 12 asks.
target_compile_options(strowger_options INTERFACE
  $<$<CXX_COMPILER_ID:Clang>:-D__cpp_impl_coroutine=201902L>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-builtin-macro-redefined>)
if(STROWGER_SANITIZE)
  target_compile_options(strowger_options INTERFACE -fsanitize=${STROWGER_SANITIZE}
    -fno-sanitize-recover=all)
  # What clang 14 puts in front of functions to check calls by pointer, it also puts in front of the
  # parts of a coroutine, where it can't be assembled.
  target_compile_options(strowger_options INTERFACE
    $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  target_link_options(strowger_options INTERFACE -fsanitize=${STROWGER_SANITIZE})
endif()
if(STROWGER_FUZZ)
  target_compile_options(strowger_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
