#include "websocket/send_queue.hpp"

#include <algorithm>
#include <utility>

namespace strowger::websocket {
namespace {

/// What is shorter is copied behind what waits already: keeping account of it would take more.
constexpr std::size_t worth_sharing = 256;

}  // namespace

core::Octets SendQueue::front() const {
  core::Octets piece;
  (void)gather({&piece, 1});
  return piece;
}

std::size_t SendQueue::gather(std::span<core::Octets> pieces) const {
  std::size_t count = 0;
  const auto put = [&](core::Octets octets) {
    if (!octets.empty() && count < pieces.size()) {
      pieces[count++] = octets;
    }
  };
  put(first_.view());
  for (std::size_t i = gone_; i < behind_.size() && count < pieces.size(); ++i) {
    put(behind_[i].left);
    put(behind_[i].own.view());
  }
  put(lent_);
  return count;
}

core::MutableOctets SendQueue::room(std::size_t size, BufferStock& stock) {
  keep(stock);
  return last().room(size, stock);
}

void SendQueue::added(std::size_t size) {
  last().added(size);
  behind_octets_ += behind_.empty() ? 0 : size;
}

void SendQueue::append(core::Octets octets, BufferStock& stock) {
  keep(stock);
  last().append(octets, stock);
  behind_octets_ += behind_.empty() ? 0 : octets.size();
}

void SendQueue::share(const base::Buffer& frame, BufferStock& stock) {
  if (!empty() && frame.size() < worth_sharing) {
    append(frame.octets(), stock);
    return;
  }
  keep(stock);
  behind_.push_back({frame, frame.octets(), {}});
  behind_octets_ += frame.size();
}

void SendQueue::lend(core::Octets octets, BufferStock& stock) {
  keep(stock);
  lent_ = octets;
}

void SendQueue::keep(BufferStock& stock) {
  if (!lent_.empty()) {
    append(std::exchange(lent_, {}), stock);
  }
}

void SendQueue::drop(std::size_t size, BufferStock& stock) {
  const std::size_t own = std::min(size, first_.size());
  if (own > 0) {
    first_.drop(own, stock);
    size -= own;
  }
  while (size > 0 && gone_ < behind_.size()) {
    Piece& piece = behind_[gone_];
    const std::size_t shared = std::min(size, piece.left.size());
    piece.left = piece.left.subspan(shared);
    const std::size_t behind = std::min(size - shared, piece.own.size());
    if (behind > 0) {
      piece.own.drop(behind, stock);
    }
    behind_octets_ -= shared + behind;
    size -= shared + behind;
    if (piece.left.empty()) {
      piece.frame = {};  // others may be long in sending theirs; ours is done
    }
    if (piece.left.empty() && piece.own.empty()) {
      ++gone_;
    }
  }
  if (gone_ == behind_.size()) {
    behind_ = std::vector<Piece>();
    gone_ = 0;
  } else if (gone_ > behind_.size() / 2) {
    behind_.erase(behind_.begin(), behind_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }
  lent_ = lent_.subspan(std::min(size, lent_.size()));
}

void SendQueue::clear(BufferStock& stock) {
  lent_ = {};
  drop(size(), stock);
}

}  // namespace strowger::websocket
