// What waits to be sent on one connection: octets of its own, and between them frames that it
// shares with others, which are not copied. An empty queue holds no memory. One thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "core/octets.hpp"
#include "http/octet_buffer.hpp"

namespace strowger::websocket {

using http::BufferStock;
using http::OctetBuffer;

class SendQueue {
 public:
  [[nodiscard]] std::size_t size() const { return first_.size() + behind_octets_ + lent_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// The first octets, as many as lie in one piece; empty where there are none. Views hold until
  /// the queue is changed.
  [[nodiscard]] core::Octets front() const;
  /// The first pieces, as many as there is room for; how many.
  [[nodiscard]] std::size_t gather(std::span<core::Octets> pieces) const;

  /// Room for `size` more octets at the end; to be followed by `added`.
  [[nodiscard]] core::MutableOctets room(std::size_t size, BufferStock& stock);
  void added(std::size_t size);
  void append(core::Octets octets, BufferStock& stock);
  /// A frame that others have too: its block is held until the frame has left.
  void share(const base::Buffer& frame, BufferStock& stock);
  /// Octets of the caller's, that hold until `keep`. What is added behind them keeps them first.
  void lend(core::Octets octets, BufferStock& stock);
  /// Copies what is still here of the octets that were lent.
  void keep(BufferStock& stock);

  /// Forgets the first octets.
  void drop(std::size_t size, BufferStock& stock);
  void clear(BufferStock& stock);

 private:
  /// A shared frame, and what came behind it.
  struct Piece {
    base::Buffer frame;
    core::Octets left;  // of the frame
    OctetBuffer own;
  };
  OctetBuffer& last() { return behind_.empty() ? first_ : behind_.back().own; }

  OctetBuffer first_;
  std::vector<Piece> behind_;
  std::size_t gone_ = 0;           // pieces of behind_ that have left
  std::size_t behind_octets_ = 0;  // in all of behind_
  core::Octets lent_;              // behind everything else
};

}  // namespace strowger::websocket
