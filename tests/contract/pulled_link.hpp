// The pulled kind of engine, as MTP2 is: the lower side asks for octets at its own pace, and a unit
// is made when its turn comes. Carries messages one at a time over a line of octets that never
// stops; when there is nothing to say it sends fill-in units, which carry the acknowledgement.
//
// A unit: length 0..62, sequence, sequence acknowledged, and `length` octets of message.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/engine.hpp"
#include "core/result.hpp"

namespace strowger::contract {

class PulledLink {
 public:
  struct Source {};  // there is one line only
  struct Command {
    core::Octets message;
  };
  enum class Refusal : std::uint8_t { too_long, queue_full, link_failed };
  struct Action {
    enum class Kind : std::uint8_t { received, acknowledged, failed };
    Kind kind = Kind::received;
    core::Octets message;
  };

  struct Config {
    core::Duration t7 = core::milliseconds(500);  // excessive delay of acknowledgement
  };

  static constexpr std::size_t longest = 62;
  static constexpr std::size_t most_queued = 16;
  static constexpr core::StepSize max_step{2, longest};

  explicit PulledLink(Config config) : config_(config) {}

  std::size_t input(core::Octets octets, const Source&, core::Time,
                    core::Actions<Action>& actions) {
    std::size_t used = 0;
    while (used < octets.size() && actions.has_room(max_step)) {
      incoming_.push_back(octets[used++]);
      if (incoming_.size() == header + incoming_[0]) {
        unit(actions);
        incoming_.clear();
      } else if (incoming_[0] > longest) {
        incoming_.clear();  // no unit begins like this; look on at the next octet
      }
    }
    return used;
  }

  core::Result<void, Refusal> command(const Command& command, core::Time, core::Actions<Action>&) {
    if (command.message.empty() || command.message.size() > longest) {
      return core::fail(Refusal::too_long);
    }
    if (failed_) {
      return core::fail(Refusal::link_failed);
    }
    if (queue_.size() == most_queued) {
      return core::fail(Refusal::queue_full);
    }
    queue_.emplace_back(command.message.begin(), command.message.end());
    return {};
  }

  /// Fills the room whatever there is to say: the line never stops.
  std::size_t transmit(core::MutableOctets room, core::Time now) {
    for (core::Octet& octet : room) {
      if (outgoing_.empty()) {
        next_unit(now);
      }
      octet = outgoing_.front();
      outgoing_.pop_front();
    }
    return room.size();
  }

  void expire(core::Time now, core::Actions<Action>& actions) {
    if (unacknowledged_since_ && now >= *unacknowledged_since_ + config_.t7) {
      unacknowledged_since_ = std::nullopt;
      failed_ = true;
      queue_.clear();
      actions.push({Action::Kind::failed, {}});
    }
  }

  [[nodiscard]] std::optional<core::Time> next_deadline() const {
    return unacknowledged_since_ ? std::optional(*unacknowledged_since_ + config_.t7)
                                 : std::nullopt;
  }

 private:
  static constexpr std::size_t header = 3;

  void next_unit(core::Time now) {
    const bool say = !queue_.empty() && !unacknowledged_since_ && !failed_;
    outgoing_.push_back(static_cast<core::Octet>(say ? queue_.front().size() : 0));
    outgoing_.push_back(say ? ++sent_ : sent_);
    outgoing_.push_back(received_);
    if (say) {
      outgoing_.insert(outgoing_.end(), queue_.front().begin(), queue_.front().end());
      queue_.pop_front();
      unacknowledged_since_ = now;
    }
  }

  void unit(core::Actions<Action>& actions) {
    if (unacknowledged_since_ && incoming_[2] == sent_) {
      unacknowledged_since_ = std::nullopt;
      actions.push({Action::Kind::acknowledged, {}});
    }
    if (incoming_[0] > 0 && incoming_[1] == static_cast<core::Octet>(received_ + 1)) {
      ++received_;
      actions.push(
          {Action::Kind::received, actions.store(core::Octets(incoming_).subspan(header))});
    }
  }

  Config config_;
  std::deque<std::vector<core::Octet>> queue_;
  std::deque<core::Octet> outgoing_;  // of the unit whose turn it is
  std::vector<core::Octet> incoming_;
  core::Octet sent_ = 0;
  core::Octet received_ = 0;
  std::optional<core::Time> unacknowledged_since_;
  bool failed_ = false;
};

static_assert(core::InputEngine<PulledLink> && core::TransmitEngine<PulledLink>);

}  // namespace strowger::contract
