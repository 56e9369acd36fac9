# strowger_library(NAME [USES lib...] [LINKS external...] [SUBFOLDERS dir...])
#
# One target a library: the folder src/NAME, the namespace strowger::NAME. Sources are the folder's
# .cpp files (and those of SUBFOLDERS); those that end in _test.cpp become the test program
# NAME_test, those in *_fixture.cpp belong to the tests alone. USES names libraries of the house and
# is checked against strowger_layers.cmake; LINKS names what comes from outside.

function(strowger_target_name library result)
  string(REPLACE "/" "_" flat ${library})
  set(${result} strowger_${flat} PARENT_SCOPE)
endfunction()

function(strowger_check_uses library)
  foreach(used IN LISTS ARGN)
    strowger_target_name(${used} target)
    if(NOT used IN_LIST STROWGER_MAY_USE_${library})
      message(FATAL_ERROR "src/${library} may not use ${used}: see cmake/strowger_layers.cmake")
    endif()
    if(NOT TARGET ${target})
      message(FATAL_ERROR "src/${library} uses ${used}, which is not built before it (a circle?)")
    endif()
  endforeach()
endfunction()

function(strowger_collect_sources result)
  set(all)
  foreach(folder IN ITEMS . ${ARGN})
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND all ${found})
  endforeach()
  set(${result} ${all} PARENT_SCOPE)
endfunction()

function(strowger_library library)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;LINKS;SUBFOLDERS;TEST_USES;TEST_LINKS")
  strowger_check_uses(${library} ${arg_USES})
  strowger_target_name(${library} target)
  strowger_collect_sources(sources ${arg_SUBFOLDERS})
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fixture)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_(test|fixture)\\.cpp$")

  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} ${scope} strowger_options ${arg_LINKS})
  foreach(used IN LISTS arg_USES)
    strowger_target_name(${used} used_target)
    target_link_libraries(${target} ${scope} ${used_target})
  endforeach()

  if(tests AND STROWGER_TESTS)
    strowger_test(${target}_test SOURCES ${tests} USES ${library} ${arg_TEST_USES}
      LINKS ${arg_TEST_LINKS} LABEL unit)
  endif()
endfunction()

# strowger_test(NAME SOURCES file... USES lib... [LINKS external...] [LABEL unit|conformance|...])
# A GoogleTest program, run as one ctest test from the source folder.
function(strowger_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "SOURCES;USES;LINKS")
  add_executable(${name} ${arg_SOURCES})
  foreach(used IN LISTS arg_USES)
    strowger_target_name(${used} used_target)
    target_link_libraries(${name} PRIVATE ${used_target})
  endforeach()
  target_link_libraries(${name} PRIVATE strowger_options ${arg_LINKS}
    GTest::gmock GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 300)
endfunction()
