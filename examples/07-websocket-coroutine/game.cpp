// Guess the number: the whole game is one function, which waits where it waits. Each connection is
// a game of its own: ws://localhost:9001/
//
// Shows connections as coroutines. `receive` gives nothing when the player has left; any other wait
// ends the game by itself then, so that nothing has to be undone by hand.
#include <cstdlib>
#include <random>
#include <string>

#include "websocket_server/coroutine.hpp"

namespace {

using namespace strowger::websocket_server;

Task play(Conversation& player, int secret) {
  co_await player.send("I think of a number from 1 to 100.");
  for (int tries = 1; const auto message = co_await player.receive(); ++tries) {
    const int guess = std::atoi(std::string(message->text()).c_str());
    if (guess == secret) {
      co_await player.send("Found, after " + std::to_string(tries) + ".");
      break;
    }
    co_await player.send(guess < secret ? "More." : "Less.");
  }
}

}  // namespace

int main() {
  Server server({.port = 9001});
  server.each([](Conversation player) -> Task {
    std::mt19937 chance(std::random_device{}());
    while (!player.ending()) {
      co_await play(player, std::uniform_int_distribution<int>(1, 100)(chance));
      co_await player.sleep(strowger::core::seconds(1));
    }
  });
  return server.run();
}
