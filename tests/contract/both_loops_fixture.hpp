// What the tests of the four engines on the two loops share.
#pragma once

#include <memory>
#include <utility>

#include "contract/stand_fixture.hpp"
#include "io/deadline.hpp"
#include "io/loop_fixture.hpp"

namespace strowger::contract {

/// A stand whose deadlines a loop keeps.
template <class E, class Codec>
class LoopStand : public Stand<E, Codec> {
 public:
  LoopStand(io::Loop& loop, std::function<E()> fresh)
      : Stand<E, Codec>(std::move(fresh)),
        deadline_(loop, [this](core::Time now) { (*this)->expire(now); }) {
    this->on_wake = [this](std::optional<core::Time> when) { deadline_.arm(when); };
    // An engine may have a deadline from birth.
    (*this)->expire(loop.now());
  }

 private:
  io::Deadline deadline_;
};

class ContractTest : public testing::TestWithParam<const char*> {
 protected:
  static constexpr auto v4 = core::Address::Family::ipv4;

  std::unique_ptr<io::World> world_ = io::make_world(GetParam());
};

}  // namespace strowger::contract
