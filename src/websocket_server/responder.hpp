// The answer to an HTTP request that comes later, from any thread.
//
//   server.on_request_later([&](const HttpRequest& request, const Responder& responder) {
//     database.ask(request.head.path, [responder](auto row) { responder.respond({200, {}, row});
//     });
//   });
#pragma once

#include <cstdint>
#include <memory>

#include "http/engine_types.hpp"
#include "websocket_server/request.hpp"

namespace strowger::websocket_server {

struct WorkerLink;

/// One answer owed, kept and copied for as long as one likes, on any thread. Where the peer has
/// gone meanwhile, or the server, nothing happens. When the last copy goes and none has answered,
/// it answers 500, so that no peer waits for nothing. Requests that come behind it on the same
/// connection wait for it.
class Responder {
 public:
  Responder() = default;
  Responder(std::weak_ptr<WorkerLink> link, http::FlowId flow, std::uint64_t exchange);

  /// The first answer of all copies is the one; others are ignored.
  void respond(HttpResponse response) const;

 private:
  class Owed;
  std::shared_ptr<Owed> owed_;
};

}  // namespace strowger::websocket_server
