#include "websocket/encode.hpp"

#include <algorithm>

#include "websocket/frame.hpp"

namespace strowger::websocket {
namespace {

std::optional<base::Buffer> encode(Kind kind, core::Octets payload, bool compressed,
                                   base::BufferPool& pool) {
  FrameHead head;
  head.opcode = opcode_of(kind);
  head.compressed = compressed;
  head.length = payload.size();
  return pool.make(longest_frame_head + payload.size(), [&](core::MutableOctets room) {
    const std::size_t size = write_frame_head(room, head);
    std::copy(payload.begin(), payload.end(), room.begin() + static_cast<std::ptrdiff_t>(size));
    return size + payload.size();
  });
}

}  // namespace

std::optional<base::Buffer> encode_message(Kind kind, core::Octets octets, base::BufferPool& pool) {
  return encode(kind, octets, false, pool);
}

std::optional<base::Buffer> encode_compressed(Kind kind, core::Octets octets, Deflater& deflater,
                                              base::BufferPool& pool) {
  BufferStock stock;
  OctetBuffer packed;
  deflater.reset();
  deflater.deflate(octets, packed, stock);
  return encode(kind, packed.view(), true, pool);
}

}  // namespace strowger::websocket
