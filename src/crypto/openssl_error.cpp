#include "crypto/openssl_error.hpp"

#include <openssl/err.h>

namespace strowger::crypto {

std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

}  // namespace strowger::crypto
