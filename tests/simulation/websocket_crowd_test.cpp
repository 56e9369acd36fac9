// 10,000 WebSocket peers at once, wave after wave, most of them bad: those who behave are served at
// once, every other ends by the rule that is made for it, and nothing is left of any.
#include "websocket_crowd.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include "world.hpp"

namespace strowger::simulation {
namespace {

constexpr std::size_t peers = 28'000;

TEST(WebsocketCrowd, ends_every_peer_by_its_rule_serves_the_rest_and_keeps_nothing) {
  const auto seed = seed_or(20261124);
  SCOPED_TRACE("./run sim --seed " + std::to_string(seed));
  Crowd crowd(seed);
  std::size_t before = 0;
  for (int wave = 0; wave < 3; ++wave) {
    crowd.wave(peers);
    EXPECT_EQ(crowd.engine().connections(), 0U);
    // The first two waves bring the pools to their size.
    const std::size_t used = ::mallinfo2().uordblks;
    EXPECT_LE(used, wave < 2 ? used : before + (256U << 10U));
    before = used;
  }
  EXPECT_EQ(crowd.wrongs(), std::vector<std::string>());
  EXPECT_GE(crowd.most_at_once(), 10'000U);
  EXPECT_EQ(crowd.echoes(), crowd.came(Way::polite) * 5);
  EXPECT_EQ(crowd.late(), 0U);
  const websocket::Counters& counters = crowd.engine().counters();
  EXPECT_EQ(counters.handshakes_failed, crowd.came(Way::half_request) +
                                            crowd.came(Way::header_flood) +
                                            crowd.came(Way::wrong_request));
  for (const auto& [way, fault] : {std::pair{Way::slow_reader, websocket::Fault::not_reading},
                                   std::pair{Way::half_open, websocket::Fault::no_pong},
                                   std::pair{Way::never_closes, websocket::Fault::no_close},
                                   std::pair{Way::bomb, websocket::Fault::message_too_big},
                                   std::pair{Way::bad_text, websocket::Fault::invalid_text},
                                   std::pair{Way::bad_frame, websocket::Fault::reserved_opcode},
                                   std::pair{Way::unmasked, websocket::Fault::not_masked},
                                   std::pair{Way::ping_flood, websocket::Fault::pongs_not_read},
                                   std::pair{Way::lost, websocket::Fault::lost}}) {
    EXPECT_EQ(counters.faults[static_cast<std::size_t>(fault)], crowd.came(way)) << rule_of(way);
  }
  EXPECT_GT(counters.sends_refused, 0U) << "queues of those who don't read are full";
}

}  // namespace
}  // namespace strowger::simulation
