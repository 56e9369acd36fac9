#!/usr/bin/env python3
"""Installs the WebSocket library, and builds and runs a program that knows nothing of this tree.

    install_test.py BUILD_FOLDER
"""
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

LISTS = """\
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(strowger-websocket REQUIRED)
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE strowger::websocket)
target_compile_options(consumer PRIVATE -Wall -Wextra -Werror)
"""
PROGRAM = """\
#include <cstdio>
#include "websocket_server/server.hpp"

int main() {
  strowger::websocket_server::Server server({.address = "127.0.0.1"});
  server.on_message([](auto& connection, const auto& message) { connection.send(message); });
  if (!server.start()) { return 1; }
  std::printf("%d\\n", server.port());
  std::fflush(stdout);
  return std::getchar() == 'q' ? 0 : 2;
}
"""
REQUEST = (b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")


def echoes(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        peer.sendall(REQUEST)
        answer = peer.recv(4096)
        peer.sendall(b"\x81\x82\0\0\0\0hi")
        return answer.startswith(b"HTTP/1.1 101 ") and peer.recv(4096) == b"\x81\x02hi"


def main():
    build = Path(sys.argv[1]).resolve()
    subprocess.run(["cmake", "--build", build, "--target", "strowger_websocket_server"],
                   check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prefix = folder / "prefix"
        subprocess.run(["cmake", "--install", build, "--component", "websocket", "--prefix",
                        prefix], check=True, stdout=subprocess.DEVNULL)
        (folder / "CMakeLists.txt").write_text(LISTS, encoding="utf-8")
        (folder / "main.cpp").write_text(PROGRAM, encoding="utf-8")
        subprocess.run(["cmake", "-S", folder, "-B", folder / "build",
                        f"-DCMAKE_PREFIX_PATH={prefix}"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["cmake", "--build", folder / "build"], check=True,
                       stdout=subprocess.DEVNULL)
        with subprocess.Popen([folder / "build" / "consumer"], text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as program:
            port = int(program.stdout.readline())
            good = echoes(port)
            program.communicate("q")
            if not good or program.returncode != 0:
                sys.exit("the program that was built on the installed library does not echo")
    print("installed, found, built and echoed")


if __name__ == "__main__":
    main()
