// The body of a message, counted or chunked (RFC 9112 6 and 7), taken out of a stream piece by
// piece. Pure; allocates nothing; one owner.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/octets.hpp"
#include "http/parse.hpp"

namespace strowger::http {

struct BodyLimits {
  std::uint64_t body_octets = 1U << 20U;
  std::size_t chunk_head_octets = 256;  // a chunk's size and extensions
  std::size_t trailer_octets = 8U << 10U;
};

class BodyReader {
 public:
  /// What one step took from the front of the octets: `data` is body, a view into them, and may be
  /// empty; `done` with the last step. Where `consumed` is 0 and it is not done, more must arrive.
  struct Step {
    std::size_t consumed = 0;
    core::Octets data;
    bool done = false;
  };

  BodyReader() = default;
  BodyReader(BodyLength length, const BodyLimits& limits);

  [[nodiscard]] Result<Step> next(core::Octets octets);
  [[nodiscard]] bool done() const { return phase_ == Phase::done; }
  /// The peer closed: whether the body was whole (RFC 9112 8).
  [[nodiscard]] bool ends_by_close() const { return phase_ == Phase::until_close; }
  /// Of body so far.
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  enum class Phase : std::uint8_t {
    counted,
    chunk_head,
    chunk_data,
    chunk_end,
    trailer,
    until_close,
    done
  };
  Result<Step> counted(core::Octets octets, Phase after);
  Result<Step> chunk_head(core::Octets octets);
  Result<Step> chunk_end(core::Octets octets);
  Result<Step> trailer(core::Octets octets);

  Phase phase_ = Phase::done;
  std::uint64_t left_ = 0;  // of the body, or of the chunk at hand
  std::uint64_t received_ = 0;
  std::size_t trailer_seen_ = 0;
  BodyLimits limits_;
};

}  // namespace strowger::http
