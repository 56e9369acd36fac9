// Raw DEFLATE as permessage-deflate wants it (RFC 7692 7.2), by zlib. One owner; construction
// allocates (an inflater some 40 KiB at 15 bits, a deflater some 260 KiB), the rest does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/octets.hpp"
#include "http/octet_buffer.hpp"
#include "websocket/extension.hpp"

struct z_stream_s;

namespace strowger::websocket {

using http::BufferStock;
using http::OctetBuffer;

class Inflater {
 public:
  explicit Inflater(int window_bits);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  enum class Outcome : std::uint8_t { good, corrupt, too_big };
  /// Inflates all of the octets onto the end of `out`, which may come to hold `limit` octets.
  [[nodiscard]] Outcome inflate(core::Octets octets, OctetBuffer& out, std::size_t limit,
                                BufferStock& stock);
  /// The end of a message: RFC 7692 7.2.2.
  [[nodiscard]] Outcome finish(OctetBuffer& out, std::size_t limit, BufferStock& stock);
  /// Forgets the window.
  void reset();
  [[nodiscard]] int window_bits() const { return window_bits_; }

 private:
  std::unique_ptr<z_stream_s> stream_;
  int window_bits_;
};

/// Inflaters for those who keep no window from message to message: lent for one message each. A few
/// are kept, whatever windows the peers choose.
class InflaterPool {
 public:
  explicit InflaterPool(std::size_t most_kept = 16) : most_(most_kept) {}

  [[nodiscard]] std::unique_ptr<Inflater> take(int window_bits);
  void give_back(std::unique_ptr<Inflater> inflater);
  [[nodiscard]] std::size_t kept() const { return kept_.size(); }

 private:
  std::size_t most_;
  std::vector<std::unique_ptr<Inflater>> kept_;
};

class Deflater {
 public:
  /// A small window takes small tables: forgetting them is what a reset costs.
  Deflater(int window_bits, const DeflateSettings& settings);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// One message, of at least one octet, onto the end of `out`, without the four octets that
  /// RFC 7692 7.2.1 takes off.
  void deflate(core::Octets message, OctetBuffer& out, BufferStock& stock);
  void reset();

 private:
  std::unique_ptr<z_stream_s> stream_;
};

}  // namespace strowger::websocket
