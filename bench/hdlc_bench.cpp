// Line octets a CPU second through the HDLC receiver and transmitter, eight at a call as a timeslot
// gives them each millisecond; beside it spandsp's HDLC, which counts bits.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <spandsp.h>

#include "bench/harness.hpp"
#include "hdlc/receiver.hpp"
#include "hdlc/transmitter.hpp"

namespace strowger::bench {
namespace {

constexpr std::size_t octets_a_call = 8;
constexpr std::size_t fisu_octets = 3;
constexpr std::size_t message_octets = 63;

/// Frames of one size whose octets differ, and are not only ones or zeros.
class Frames {
 public:
  explicit Frames(std::size_t size) : size_(size) {}
  std::size_t next(core::MutableOctets room) {
    for (std::size_t i = 0; i < size_; ++i) {
      room[i] = static_cast<core::Octet>(count_ * 31 + i * 7);
    }
    ++count_;
    return size_;
  }

 private:
  std::size_t size_;
  std::size_t count_ = 0;
};

std::vector<core::Octet> line_of(std::size_t frame_octets) {
  hdlc::Transmitter transmitter;
  Frames frames(frame_octets);
  std::vector<core::Octet> line(64'000);
  transmitter.transmit(line, [&](core::MutableOctets room) { return frames.next(room); });
  return line;
}

void count_frame(void* frames, const std::uint8_t*, int length, int good) {
  *static_cast<std::uint64_t*>(frames) += length > 0 && good != 0 ? 1 : 0;
}

/// Both hear the same line; what they hear must be as many frames.
void receive(const char* title, std::size_t frame_octets) {
  const std::vector<core::Octet> line = line_of(frame_octets);
  hdlc::Receiver receiver({2, hdlc::max_frame_octets});
  std::uint64_t ours = 0;
  std::uint64_t theirs = 0;
  hdlc_rx_state_t* peer = hdlc_rx_init(nullptr, 0, 0, 1, count_frame, &theirs);
  const auto run_ours = [&](std::uint64_t octets) {
    for (std::uint64_t done = 0; done < octets; done += octets_a_call) {
      receiver.input(core::Octets(line).subspan(done % line.size(), octets_a_call),
                     [&](const hdlc::ReceiverEvent& event) {
                       ours += event.kind == hdlc::ReceiverEvent::Kind::frame ? 1 : 0;
                     });
    }
  };
  const auto run_theirs = [&](std::uint64_t octets) {
    for (std::uint64_t done = 0; done < octets; done += octets_a_call) {
      hdlc_rx_put(peer, line.data() + done % line.size(), octets_a_call);
    }
  };
  run_ours(line.size());
  run_theirs(line.size());
  if (ours + 2 < theirs || theirs + 2 < ours) {
    std::fprintf(stderr, "frames heard: %llu here, %llu by spandsp\n",
                 static_cast<unsigned long long>(ours), static_cast<unsigned long long>(theirs));
    std::exit(1);
  }
  print({"hdlc", title, "octet"}, measure({{"strowger", run_ours}, {"spandsp", run_theirs}}));
  hdlc_rx_free(peer);
}

/// What spandsp asks when it has sent its frame.
struct PeerSource {
  hdlc_tx_state_t* peer = nullptr;
  Frames frames;
};

void next_frame(void* context) {
  auto& source = *static_cast<PeerSource*>(context);
  std::array<core::Octet, hdlc::max_frame_octets> room{};
  hdlc_tx_frame(source.peer, room.data(), source.frames.next(room));
}

void transmit(const char* title, std::size_t frame_octets) {
  hdlc::Transmitter transmitter;
  Frames frames(frame_octets);
  PeerSource source{nullptr, Frames(frame_octets)};
  source.peer = hdlc_tx_init(nullptr, 0, 1, 0, next_frame, &source);
  next_frame(&source);
  std::array<core::Octet, octets_a_call> line{};
  const auto run_ours = [&](std::uint64_t octets) {
    for (std::uint64_t done = 0; done < octets; done += octets_a_call) {
      transmitter.transmit(line, [&](core::MutableOctets room) { return frames.next(room); });
      keep(line[0]);
    }
  };
  const auto run_theirs = [&](std::uint64_t octets) {
    for (std::uint64_t done = 0; done < octets; done += octets_a_call) {
      hdlc_tx_get(source.peer, line.data(), line.size());
      keep(line[0]);
    }
  };
  print({"hdlc", title, "octet"}, measure({{"strowger", run_ours}, {"spandsp", run_theirs}}));
  hdlc_tx_free(source.peer);
}

}  // namespace
}  // namespace strowger::bench

int main() {
  using namespace strowger::bench;
  receive("HDLC received, fill-in units", fisu_octets);
  receive("HDLC received, messages", message_octets);
  transmit("HDLC sent, fill-in units", fisu_octets);
  transmit("HDLC sent, messages", message_octets);
  return 0;
}
