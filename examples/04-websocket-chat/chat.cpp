// A chat for pages and programs: everybody in a room hears what anybody says there. The room is the
// path, the name is a parameter: ws://localhost:9001/kitchen?name=Ada
//
// Shows topics, user data, and the request that opened a connection.
#include <string>

#include "websocket_server/server.hpp"

namespace {

using namespace strowger::websocket_server;

struct Guest {
  std::string name;
  std::string room;
};

}  // namespace

int main() {
  Server server({.port = 9001});
  server.on_open([&](Connection& connection) {
    Guest& guest = connection.data<Guest>();
    guest.name = connection.query("name").value_or("somebody");
    guest.room = connection.path();
    connection.subscribe(guest.room);
    server.publish(guest.room, guest.name + " comes in");
  });
  server.on_message([&](Connection& connection, const Message& message) {
    const Guest& guest = connection.data<Guest>();
    server.publish(guest.room, guest.name + ": " + std::string(message.text()));
  });
  server.on_close([&](Connection& connection, const Ending&) {
    const Guest& guest = connection.data<Guest>();
    server.publish(guest.room, guest.name + " has left");
  });
  return server.run();
}
