#include "websocket_server/broadcast.hpp"

#include <utility>

#include "websocket/utf8.hpp"

namespace strowger::websocket_server {

std::shared_ptr<Broadcast> Broadcaster::make(const Message& message, bool& full) {
  full = false;
  if (message.kind == Kind::text && !websocket::Utf8::valid(message.octets)) {
    return nullptr;
  }
  auto plain = websocket::encode_message(message.kind, message.octets, pool_);
  full = !plain;
  return plain ? std::make_shared<Broadcast>(*this, message, std::move(*plain)) : nullptr;
}

Broadcast::Form Broadcast::form(const std::optional<websocket::DeflateAgreement>& agreed) {
  if (!agreed || size_ == 0 || size_ < maker_.deflate_.shortest) {
    return {plain_, 0};
  }
  return maker_.pack(*this, agreed->own_window_bits);
}

/// The compressed form, by the first that asks for it; the plain one where compression does not
/// pay, or there is no room for it.
Broadcast::Form Broadcaster::pack(Broadcast& message, int window_bits) {
  const auto index = static_cast<std::size_t>(window_bits);
  const std::lock_guard lock(mutex_);
  std::optional<Broadcast::Form>& form = message.packed_[index];
  if (!form) {
    std::unique_ptr<websocket::Deflater>& deflater = deflaters_[index];
    if (deflater == nullptr) {
      deflater = std::make_unique<websocket::Deflater>(window_bits, deflate_);
    }
    const core::Octets octets = message.plain_.octets().last(message.size_);
    auto packed = websocket::encode_compressed(message.kind_, octets, *deflater, pool_);
    const bool pays = packed && packed->size() < message.plain_.size();
    form = pays ? Broadcast::Form{std::move(*packed), window_bits}
                : Broadcast::Form{message.plain_, 0};
  }
  return *form;
}

}  // namespace strowger::websocket_server
