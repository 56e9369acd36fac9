// Why something cryptographic did not work, for people.
#pragma once

#include <string>

#include "core/result.hpp"

namespace strowger::crypto {

/// A sentence that says what to do where something can be done; never any key material.
struct CryptoError {
  std::string text;
};

template <class T>
using Result = core::Result<T, CryptoError>;

}  // namespace strowger::crypto
