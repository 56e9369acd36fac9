#include "io/loop.hpp"

namespace strowger::io {

const char* to_string(IoError error) {
  switch (error) {
    case IoError::address_in_use:
      return "address in use";
    case IoError::permission:
      return "permission";
    case IoError::refused:
      return "refused";
    case IoError::unreachable:
      return "unreachable";
    case IoError::timed_out:
      return "timed out";
    case IoError::closed:
      return "closed";
    case IoError::reset:
      return "reset";
    case IoError::tls_failed:
      return "tls failed";
    case IoError::not_found:
      return "not found";
    case IoError::limit:
      return "limit";
    case IoError::bad_address:
      return "bad address";
    case IoError::other:
      return "other";
  }
  return "unknown";
}

void UdpHandler::on_send_failed(const core::Address& /*peer*/, IoError /*error*/,
                                core::Time /*now*/) {}

}  // namespace strowger::io
