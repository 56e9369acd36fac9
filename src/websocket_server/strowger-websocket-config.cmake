# find_package(strowger-websocket): the target strowger::websocket.
include(CMakeFindDependencyMacro)
find_dependency(OpenSSL)
find_dependency(ZLIB)
find_dependency(Threads)
find_dependency(fmt)
find_dependency(spdlog)
find_library(STROWGER_CARES_LIBRARY cares REQUIRED)

get_filename_component(strowger_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET strowger::websocket)
  add_library(strowger::websocket INTERFACE IMPORTED)
  target_include_directories(strowger::websocket INTERFACE "${strowger_prefix}/include/strowger")
  target_compile_features(strowger::websocket INTERFACE cxx_std_20)
  foreach(library IN ITEMS websocket_server websocket http io crypto rt base core)
    target_link_libraries(strowger::websocket INTERFACE
      "${strowger_prefix}/lib/strowger/libstrowger_${library}.a")
  endforeach()
  target_link_libraries(strowger::websocket INTERFACE OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB
    Threads::Threads spdlog::spdlog fmt::fmt ${STROWGER_CARES_LIBRARY})
endif()
