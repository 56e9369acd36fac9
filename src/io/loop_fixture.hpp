// For the tests that both loops must pass: a near and a far end, and handlers that write down what
// happened.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/epoll_loop.hpp"
#include "io/loop.hpp"
#include "io/simulated_loop.hpp"

namespace strowger::io {

class World {
 public:
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  virtual ~World() = default;
  virtual Loop& near() = 0;
  virtual Loop& far() = 0;
  virtual core::Address near_host(core::Address::Family family) = 0;
  virtual core::Address far_host(core::Address::Family family) = 0;
  /// Runs until `done`; false where that did not come to pass in ten seconds.
  virtual bool run_until(const std::function<bool()>& done) = 0;
  /// Gives everything that is under way the time to arrive.
  virtual void settle() = 0;
};

/// Makes a world by name: "epoll" or "simulated".
std::unique_ptr<World> make_world(const std::string& name);

struct UdpRecorder final : UdpHandler {
  void on_datagrams(std::span<const Datagram> datagrams, core::Time now) override;
  void on_send_failed(const core::Address& peer, IoError error, core::Time now) override;

  struct Failed {
    core::Address peer;
    IoError error;
  };
  std::vector<std::string> texts;
  std::vector<core::Address> peers;
  std::vector<Failed> failed;
  std::function<void(const Datagram&)> then;
};

struct StreamRecorder final : StreamHandler {
  void on_open(core::Time now) override;
  std::size_t on_octets(core::Octets octets, core::Time now) override;
  void on_writable(core::Time now) override;
  void on_closed(const Failure& failure, core::Time now) override;

  [[nodiscard]] bool closed_with(IoError error) const { return closed && closed->error == error; }

  int opened = 0;
  int writable = 0;
  std::string text;
  std::optional<Failure> closed;
  int times_closed = 0;
  std::unique_ptr<Stream> stream;
  std::function<void()> when_open;
  std::function<std::size_t(core::Octets)> take;  // instead of taking everything into `text`
  std::function<void()> when_octets;
  std::function<void()> when_writable;
  std::function<void()> when_closed;
};

struct AcceptRecorder final : AcceptHandler {
  StreamHandler* on_accept(std::unique_ptr<Stream> stream, core::Time now) override;

  int accepted = 0;
  /// The handlers of the accepted streams, in order; made by `on_accept`.
  std::vector<std::unique_ptr<StreamRecorder>> streams;
  std::function<void(StreamRecorder&)> prepare;
  std::function<StreamHandler*(std::unique_ptr<Stream>)> instead;
};

/// Octets to be recognised: `size` of them, no two neighbours alike.
std::string pattern(std::size_t size);

class BothLoops : public testing::TestWithParam<const char*> {
 protected:
  static constexpr auto v4 = core::Address::Family::ipv4;
  static constexpr auto v6 = core::Address::Family::ipv6;

  std::unique_ptr<Listener> listen(AcceptRecorder& handler, const StreamOptions& options = {});
  void connect(StreamRecorder& handler, const Listener& listener,
               const StreamOptions& options = {});

  std::unique_ptr<World> world_ = make_world(GetParam());
};

#define STROWGER_BOTH_LOOPS(Suite)                                              \
  INSTANTIATE_TEST_SUITE_P(Loops, Suite, testing::Values("epoll", "simulated"), \
                           [](const auto& tested) { return std::string(tested.param); })

}  // namespace strowger::io
