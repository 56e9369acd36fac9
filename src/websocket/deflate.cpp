#include "websocket/deflate.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <zlib.h>

namespace strowger::websocket {
namespace {

/// The most that zlib is given or asked for at a time.
constexpr std::size_t piece_octets = 1U << 30U;
constexpr std::size_t growth_octets = 2U << 10U;

/// What a sender takes off the end of a message, RFC 7692 7.2.1.
constexpr std::array<core::Octet, 4> tail{0x00, 0x00, 0xff, 0xff};

uInt clipped(std::size_t size) {
  return static_cast<uInt>(std::min(size, piece_octets));
}

/// zlib's interface is not const-correct without ZLIB_CONST; it does not write to its input.
Bytef* input_of(core::Octets octets) {
  return const_cast<Bytef*>(octets.data());
}

}  // namespace

Inflater::Inflater(int window_bits)
    : stream_(std::make_unique<z_stream_s>()), window_bits_(window_bits) {
  if (inflateInit2(stream_.get(), -window_bits) != Z_OK) {
    throw std::runtime_error("zlib gives no inflater");
  }
}

Inflater::~Inflater() {
  inflateEnd(stream_.get());
}

void Inflater::reset() {
  inflateReset(stream_.get());
}

Inflater::Outcome Inflater::inflate(core::Octets octets, OctetBuffer& out, std::size_t limit,
                                    BufferStock& stock) {
  stream_->next_in = input_of(octets);
  stream_->avail_in = clipped(octets.size());
  while (true) {
    // One octet above the limit shows that there is more.
    const std::size_t allowed = limit + 1 - std::min(out.size(), limit + 1);
    if (allowed == 0) {
      return Outcome::too_big;
    }
    const core::MutableOctets room = out.room(1, stock).size() >= std::min(allowed, growth_octets)
                                         ? out.spare()
                                         : out.room(growth_octets, stock);
    const std::size_t offered = std::min(room.size(), allowed);
    stream_->next_out = room.data();
    stream_->avail_out = clipped(offered);
    const int result = ::inflate(stream_.get(), Z_SYNC_FLUSH);
    out.added(offered - stream_->avail_out);
    if (result == Z_STREAM_END) {
      // RFC 7692 7.2.3.4: a final block ends no message; the next begins behind it, and its window
      // is still the same.
      inflateResetKeep(stream_.get());
      if (stream_->avail_in == 0) {
        break;
      }
      continue;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) {
      return Outcome::corrupt;
    }
    // Room left over means that zlib has no more to give.
    if (stream_->avail_in == 0 && stream_->avail_out > 0) {
      break;
    }
  }
  return out.size() > limit ? Outcome::too_big : Outcome::good;
}

Inflater::Outcome Inflater::finish(OctetBuffer& out, std::size_t limit, BufferStock& stock) {
  return inflate(tail, out, limit, stock);
}

std::unique_ptr<Inflater> InflaterPool::take(int window_bits) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& one) {
    return one->window_bits() == window_bits;
  });
  if (found == kept_.end()) {
    return std::make_unique<Inflater>(window_bits);
  }
  std::unique_ptr<Inflater> inflater = std::move(*found);
  kept_.erase(found);
  return inflater;
}

void InflaterPool::give_back(std::unique_ptr<Inflater> inflater) {
  if (kept_.size() == most_) {
    kept_.erase(kept_.begin());  // the one that was not wanted for the longest time
  }
  inflater->reset();
  kept_.push_back(std::move(inflater));
}

/// zlib makes no raw window of 8 bits. With 9 it looks back 512 - 262 octets at most (MAX_DIST in
/// its deflate.h), which a window of 256 holds.
Deflater::Deflater(int window_bits, const DeflateSettings& settings)
    : stream_(std::make_unique<z_stream_s>()) {
  if (deflateInit2(stream_.get(), settings.level, Z_DEFLATED, -std::max(window_bits, 9),
                   std::min(settings.memory_level, std::max(window_bits, 9) - 6),
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib gives no deflater");
  }
}

Deflater::~Deflater() {
  deflateEnd(stream_.get());
}

void Deflater::reset() {
  deflateReset(stream_.get());
}

void Deflater::deflate(core::Octets message, OctetBuffer& out, BufferStock& stock) {
  const std::size_t before = out.size();
  do {
    const std::size_t piece = std::min(message.size(), piece_octets);
    stream_->next_in = input_of(message);
    stream_->avail_in = clipped(piece);
    message = message.subspan(piece);
    const int flush = message.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH;
    do {
      const core::MutableOctets room = out.room(growth_octets, stock);
      const std::size_t offered = std::min(room.size(), piece_octets);
      stream_->next_out = room.data();
      stream_->avail_out = clipped(offered);
      ::deflate(stream_.get(), flush);
      out.added(offered - stream_->avail_out);
    } while (stream_->avail_out == 0);
  } while (!message.empty());
  out.shorten(std::min(tail.size(), out.size() - before));
}

}  // namespace strowger::websocket
