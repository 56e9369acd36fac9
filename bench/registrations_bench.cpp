// A million registered phones in one engine: heap octets a phone, and registrations and refreshes a
// second. Heap is counted at operator new, with malloc's own overhead (malloc_usable_size).
//
//   bench_registrations [PHONES]      1,000,000 unless told
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <malloc.h>

#include "bench/harness.hpp"
#include "crypto/random.hpp"
#include "sip/engine.hpp"
#include "sip/registrar.hpp"

namespace {

// The bench's own measuring point; replaced operator new has nowhere else to count.
std::int64_t heap_octets = 0;

}  // namespace

void* operator new(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  heap_octets += static_cast<std::int64_t>(malloc_usable_size(memory)) + 8;
  return memory;
}
void operator delete(void* memory) noexcept {
  if (memory != nullptr) {
    heap_octets -= static_cast<std::int64_t>(malloc_usable_size(memory)) + 8;
    std::free(memory);
  }
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace {

using namespace strowger;

std::string name_of(std::size_t phone) {
  return std::to_string(1'000'000 + phone);
}

std::shared_ptr<sip::Settings> settings(std::size_t phones) {
  auto result = std::make_shared<sip::Settings>();
  sip::ListenerSettings listener;
  listener.local = listener.public_address = core::Address::ipv4(10, 0, 0, 1, 5060);
  result->listeners.push_back(listener);
  result->expiry_max = core::seconds(3600);
  result->peers.reserve(phones);
  for (std::size_t i = 0; i < phones; ++i) {
    sip::PeerSettings peer;
    peer.name = name_of(i);
    peer.authenticate = false;
    peer.credentials.ha1_md5 = "0123456789abcdef0123456789abcdef";
    result->peers.emplace(peer.name, peer);
  }
  return result;
}

class Exchange {
 public:
  explicit Exchange(std::size_t phones)
      : engine_(settings(phones), {400'000, phones, 100, 1'000, 1'000}, random_) {}

  void registers(std::size_t phone, std::uint32_t round) {
    const std::string name = name_of(phone);
    const auto low = [phone](unsigned shift) { return static_cast<std::uint8_t>(phone >> shift); };
    const core::Address address = core::Address::ipv4(10, low(16), low(8), low(0), 5060);
    const std::string host(address.text().view());
    const std::string number = std::to_string(round);
    text_ = "REGISTER sip:10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP " + host + ";branch=z9hG4bK" + name +
            number + ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:" + name +
            "@10.0.0.1>;tag=9fxced76sl\r\nTo: <sip:" + name +
            "@10.0.0.1>\r\nCall-ID: 843817637684230-" + name + "@" + host + "\r\nCSeq: " + number +
            " REGISTER\r\nContact: <sip:" + name + "@" + host +
            ";transport=udp;line=abcdef0123>\r\nUser-Agent: Examplephone 7.1.2 (desk)\r\n"
            "Expires: 3600\r\nContent-Length: 0\r\n\r\n";
    // Paced, so that transactions (timer J, 32 s) come and go as they would.
    now_ += core::milliseconds(1);
    core::Actions<sip::Action> actions(records_, arena_);
    engine_.input(core::octets_of(text_), {sip::Transport::udp, 0, 0, address}, now_, actions);
    expire();
  }

  void settle() {
    now_ += core::seconds(40);
    expire();
  }

  [[nodiscard]] const sip::Engine& engine() const { return engine_; }

 private:
  void expire() {
    while (engine_.next_deadline() && *engine_.next_deadline() <= now_) {
      core::Actions<sip::Action> actions(records_, arena_);
      engine_.expire(now_, actions);
    }
  }

  crypto::SeededRandom random_{1};
  sip::Engine engine_;
  std::vector<sip::Action> records_ = std::vector<sip::Action>(sip::Engine::max_step.records);
  std::vector<core::Octet> arena_ = std::vector<core::Octet>(sip::Engine::max_step.octets);
  std::string text_;
  core::Time now_{1'000'000'000};
};

}  // namespace

int main(int count, char** arguments) {
  const std::size_t phones =
      count > 1 ? static_cast<std::size_t>(std::strtoull(arguments[1], nullptr, 10)) : 1'000'000;
  const std::int64_t before = heap_octets;
  Exchange exchange(phones);
  const std::int64_t configured = heap_octets;
  const double start = bench::thread_seconds();
  for (std::size_t i = 0; i < phones; ++i) {
    exchange.registers(i, 1);
  }
  const double registered = bench::thread_seconds();
  exchange.settle();
  const std::int64_t idle = heap_octets;
  const double refresh_start = bench::thread_seconds();
  const std::size_t refreshes = phones < 100'000 ? phones : 100'000;
  for (std::size_t i = 0; i < refreshes; ++i) {
    exchange.registers(i, 2);
  }
  const double refreshed = bench::thread_seconds();
  const auto each = [phones](std::int64_t octets) {
    return static_cast<double>(octets) / static_cast<double>(phones);
  };
  const auto rate = [](std::size_t done, double seconds) {
    return static_cast<double>(done) / seconds;
  };
  const std::string title = std::to_string(exchange.engine().registrar().peers()) + " phones";
  bench::print_value({"registrations", title + ": heap a phone, in all", ""}, each(idle - before),
                     "octets", 2048);
  bench::print_value({"registrations", title + ": of which configuration and reserve", ""},
                     each(configured - before), "octets");
  bench::print_value({"registrations", title + ": of which its binding", ""},
                     each(idle - configured), "octets");
  bench::print_value({"registrations", "first registrations a CPU second", ""},
                     rate(phones, registered - start), "/s");
  bench::print_value({"registrations", "refreshes a CPU second", ""},
                     rate(refreshes, refreshed - refresh_start), "/s");
  const bool well = exchange.engine().registrar().peers() == phones && each(idle - before) <= 2048;
  return well ? 0 : 1;
}
