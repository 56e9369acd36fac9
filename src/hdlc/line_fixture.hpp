// Lines as texts of ones and zeros, for tests of framing.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hdlc/receiver.hpp"
#include "hdlc/transmitter.hpp"

namespace strowger::hdlc::test {

using Frames = std::vector<std::vector<core::Octet>>;

/// A frame's octet in the order of sending.
inline std::string bits_of_octet(core::Octet octet) {
  std::string bits;
  for (unsigned bit = 0; bit < 8; ++bit) {
    bits += (static_cast<unsigned>(octet) >> bit & 1U) != 0 ? '1' : '0';
  }
  return bits;
}

inline std::string bits_of_line(core::Octets line) {
  std::string bits;
  for (const core::Octet octet : line) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      bits += (octet & (0x80U >> bit)) != 0 ? '1' : '0';
    }
  }
  return bits;
}

/// The octets of the line; the last is filled up with zeros.
inline std::vector<core::Octet> octets_of_line(const std::string& bits) {
  std::vector<core::Octet> line((bits.size() + 7) / 8);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i] == '1') {
      line[i / 8] = static_cast<core::Octet>(line[i / 8] | 0x80U >> i % 8);
    }
  }
  return line;
}

/// What the transmitter makes of frames: the line up to the first octet that ends behind the
/// closing flag and one more, or `octets` where given.
inline std::string sent(const Frames& frames, std::size_t octets = 0,
                        const TransmitterConfig& config = {}) {
  Transmitter transmitter(config);
  std::size_t next = 0;
  std::string bits;
  std::size_t after = 0;
  auto source = [&](core::MutableOctets room) -> std::size_t {
    if (next == frames.size()) {
      ++after;
      return 0;
    }
    const auto& frame = frames[next++];
    std::copy(frame.begin(), frame.end(), room.begin());
    return frame.size();
  };
  while (octets > 0 ? bits.size() < octets * 8 : after < 2) {
    core::Octet octet = 0;
    transmitter.transmit({&octet, 1}, source);
    bits += bits_of_line({&octet, 1});
  }
  return bits;
}

struct Heard {
  Frames frames;
  std::vector<ReceiverEvent::Kind> errors;
};

inline Heard heard(core::Octets line, std::size_t part = 0) {
  Receiver receiver;
  Heard all;
  const auto sink = [&](const ReceiverEvent& event) {
    if (event.kind == ReceiverEvent::Kind::frame) {
      all.frames.emplace_back(event.frame.begin(), event.frame.end());
    } else {
      all.errors.push_back(event.kind);
    }
  };
  part = part == 0 ? line.size() : part;
  for (std::size_t at = 0; at < line.size(); at += part) {
    receiver.input(line.subspan(at, std::min(part, line.size() - at)), sink);
  }
  return all;
}

inline Frames frames_in(const std::string& bits) {
  return heard(octets_of_line(bits)).frames;
}
inline std::vector<ReceiverEvent::Kind> errors_in(const std::string& bits) {
  return heard(octets_of_line(bits)).errors;
}

}  // namespace strowger::hdlc::test
