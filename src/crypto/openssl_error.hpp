// OpenSSL's error queue as text. For the .cpp files of this library.
#pragma once

#include <string>

namespace strowger::crypto {

/// The first error of this thread's queue ("certificate verify failed"), and empties the queue.
/// "unknown error" where it is empty.
[[nodiscard]] std::string take_openssl_error();

}  // namespace strowger::crypto
