// What normal threads hand to the media thread and get back: objects that the media thread may use
// but neither makes nor frees.
#pragma once

#include <cstdint>
#include <string>

#include "core/time.hpp"
#include "media/playlist.hpp"
#include "media/service.hpp"

namespace strowger::media {

/// Handed over with a command, given back through the outbox when it is done with. One owner at a
/// time; `next` belongs to the owner's list.
struct Job {
  enum class Kind : std::uint8_t { play, dtmf, closed, moved, conference };

  explicit Job(Kind the_kind) : kind(the_kind) {}

  Kind kind;
  PortId port;
  Tag tag = 0;
  bool completed = false;  // play: the list ended by itself
  Job* next = nullptr;
};

struct PlayJob : Job {
  PlayJob() : Job(Kind::play) {}
  Playlist list;
};

struct DtmfJob : Job {
  DtmfJob() : Job(Kind::dtmf) {}
  std::string digits;
  core::Duration tone_length;
  core::Duration gap;
  DtmfMode mode = DtmfMode::rfc4733;
};

/// A list of jobs through their own `next`: first in, first out.
class JobList {
 public:
  [[nodiscard]] bool empty() const { return first_ == nullptr; }
  void push(Job& job) {
    job.next = nullptr;
    (first_ == nullptr ? first_ : last_->next) = &job;
    last_ = &job;
  }
  /// Takes the first one out; null when there is none.
  Job* pop() {
    Job* const job = first_;
    if (job != nullptr) {
      first_ = job->next;
    }
    return job;
  }

 private:
  Job* first_ = nullptr;
  Job* last_ = nullptr;
};

}  // namespace strowger::media
