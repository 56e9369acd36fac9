# Freestanding compile check: what firmware will use must compile without a hosted library, without
# exceptions and without RTTI. It links nothing until there is firmware to link.
file(GLOB freestanding_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/core/*.hpp
  ${CMAKE_SOURCE_DIR}/src/rt/atomics.hpp ${CMAKE_SOURCE_DIR}/src/rt/spsc_fifo.hpp
  ${CMAKE_SOURCE_DIR}/src/rt/record_fifo.hpp ${CMAKE_SOURCE_DIR}/src/rt/message_class.hpp
  ${CMAKE_SOURCE_DIR}/src/rt/sleep_flag.hpp ${CMAKE_SOURCE_DIR}/src/timing/tick_clock.hpp)
set(units)
foreach(header IN LISTS freestanding_headers)
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR}/src ${header})
  string(REPLACE "/" "_" flat ${relative})
  set(unit ${CMAKE_BINARY_DIR}/units/${flat}.cpp)
  file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${relative}\"\n")
  list(APPEND units ${unit})
endforeach()
file(GLOB freestanding_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/core/*.cpp)
list(FILTER freestanding_sources EXCLUDE REGEX "_test\\.cpp$")
add_library(strowger_freestanding OBJECT ${units} ${freestanding_sources})
target_include_directories(strowger_freestanding PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(strowger_freestanding PRIVATE -ffreestanding -fno-exceptions -fno-rtti)
target_link_libraries(strowger_freestanding PRIVATE strowger_options)
