// The other end of a link, as a process that runs libss7, in lock-step on virtual time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/octets.hpp"
#include "core/time.hpp"

namespace strowger::interop {

/// One libss7 process. Ends it in its destructor.
class Libss7Peer {
 public:
  enum class Event : std::uint8_t { up = 1, down = 2, link_up = 3, link_down = 4 };

  /// `program` is the executable of peer.c.
  explicit Libss7Peer(const std::string& program);
  ~Libss7Peer();
  Libss7Peer(const Libss7Peer&) = delete;
  Libss7Peer& operator=(const Libss7Peer&) = delete;

  void start() { order('s', 0); }
  void say_loop_back_acknowledgement(int circuit) { order('l', circuit); }
  /// A signal unit for it, without check bits; it takes it at the next `tick`.
  void give(core::Octets unit);
  void tick(core::Time now);
  /// The next signal unit of its.
  [[nodiscard]] std::vector<core::Octet> take();
  /// Events since the last call.
  [[nodiscard]] std::vector<Event> events();

 private:
  void order(char what, std::int64_t number);

  pid_t process_ = -1;
  int link_ = -1;
  int orders_ = -1;
  std::vector<Event> events_;
};

}  // namespace strowger::interop
