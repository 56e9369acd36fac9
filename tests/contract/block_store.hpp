// The kind of engine with completions, as the block cache is: commands lead to reads and writes of
// a device, which answer later and in any order. A page stays the engine's from ReadBlock or
// WriteBlock until its Completion, so the octets of a WriteBlock hold until then, not only until
// the next call.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/bounded.hpp"
#include "core/engine.hpp"
#include "core/result.hpp"

namespace strowger::contract {

class BlockStore {
 public:
  static constexpr std::size_t block_octets = 16;

  struct Completion {
    std::uint64_t tag = 0;
    bool ok = true;
    core::Octets octets;  // of a read
  };
  using Event = Completion;
  struct Get {
    std::uint64_t user = 0;  // comes back in Got or Failed
    std::uint64_t block = 0;
  };
  struct Put {
    std::uint64_t block = 0;
    core::Octets octets;
  };
  struct Flush {};
  using Command = std::variant<Get, Put, Flush>;
  enum class Refusal : std::uint8_t { busy, bad_size };
  struct Action {
    enum class Kind : std::uint8_t { read_block, write_block, got, failed, flushed, lost };
    Kind kind = Kind::got;
    std::uint64_t tag = 0;  // of the device's work, or the user's number
    std::uint64_t block = 0;
    core::Octets octets;
  };

  struct Config {
    core::Duration write_after = core::milliseconds(20);  // how long a change may stay here only
  };

  static constexpr std::size_t pages = 4;
  static constexpr std::size_t most_waiting = 4;
  static constexpr core::StepSize max_step{most_waiting + 1, most_waiting* block_octets};

  explicit BlockStore(Config config) : config_(config) {}

  core::Result<void, Refusal> command(const Command& command, core::Time now,
                                      core::Actions<Action>& actions) {
    if (const auto* get = std::get_if<Get>(&command)) {
      return this->get(*get, now, actions);
    }
    if (const auto* put = std::get_if<Put>(&command)) {
      return this->put(*put, now);
    }
    // The writes come out at expire, as many a step as there is room for.
    for (Page& page : pages_) {
      page.write_at = page.state == State::dirty ? now : page.write_at;
    }
    flushing_since_ = now;
    return {};
  }

  void event(const Event& event, core::Time now, core::Actions<Action>& actions) {
    const std::size_t index = event.tag % pages;
    Page& page = pages_.at(index);
    if (page.tag != event.tag) {
      return;  // of a page that has gone another way meanwhile
    }
    if (page.state == State::reading) {
      read_done(page, event, actions);
    } else if (page.state == State::writing) {
      page.state = page.changed || !event.ok ? State::dirty : State::clean;
      page.write_at = now + config_.write_after;
      page.changed = false;
      if (!event.ok) {
        actions.push({Action::Kind::lost, event.tag, page.block, {}});
      }
    }
  }

  void expire(core::Time now, core::Actions<Action>& actions) {
    for (std::size_t i = 0; i < pages && actions.has_room(max_step); ++i) {
      Page& page = pages_.at(i);
      if (page.state == State::dirty && page.write_at <= now) {
        page.state = State::writing;
        page.tag = next_tag(i);
        page.changed = false;
        page.on_device = page.octets;
        actions.push({Action::Kind::write_block, page.tag, page.block, page.on_device});
      }
    }
    if (flushing_since_ && actions.has_room(max_step) && !anything_unwritten()) {
      flushing_since_ = std::nullopt;
      actions.push({Action::Kind::flushed, 0, 0, {}});
    }
  }

  [[nodiscard]] std::optional<core::Time> next_deadline() const {
    std::optional<core::Time> first;
    for (const Page& page : pages_) {
      if (page.state == State::dirty && (!first || page.write_at < *first)) {
        first = page.write_at;
      }
    }
    return flushing_since_ && !anything_unwritten() ? flushing_since_ : first;
  }

 private:
  enum class State : std::uint8_t { free, reading, clean, dirty, writing };
  using Octets = std::array<core::Octet, block_octets>;
  struct Page {
    State state = State::free;
    std::uint64_t block = 0;
    std::uint64_t tag = 0;
    Octets octets{};
    Octets on_device{};  // what is being written, while users may change the page
    core::Time write_at;
    bool changed = false;
    core::BoundedVector<std::uint64_t, most_waiting> waiting;
  };

  std::uint64_t next_tag(std::size_t index) { return ++tags_ * pages + index; }

  [[nodiscard]] bool anything_unwritten() const {
    for (const Page& page : pages_) {
      if (page.state == State::dirty || page.state == State::writing) {
        return true;
      }
    }
    return false;
  }

  Page* find(std::uint64_t block) {
    for (Page& page : pages_) {
      if (page.state != State::free && page.block == block) {
        return &page;
      }
    }
    return nullptr;
  }

  /// A page for a block that has none: free, or else clean; round robin. Null where all are busy.
  Page* claim(std::uint64_t block) {
    for (const State wanted : {State::free, State::clean}) {
      for (std::size_t i = 0; i < pages; ++i) {
        Page& page = pages_.at((hand_ + i) % pages);
        if (page.state == wanted) {
          hand_ = (hand_ + i + 1) % pages;
          page.block = block;
          return &page;
        }
      }
    }
    return nullptr;
  }

  core::Result<void, Refusal> get(const Get& get, core::Time, core::Actions<Action>& actions) {
    Page* page = find(get.block);
    if (page != nullptr && page->state != State::reading) {
      actions.push({Action::Kind::got, get.user, get.block, actions.store(page->octets)});
      return {};
    }
    if (page == nullptr && (page = claim(get.block)) != nullptr) {
      page->state = State::reading;
      page->tag = next_tag(static_cast<std::size_t>(page - pages_.data()));
      actions.push({Action::Kind::read_block, page->tag, page->block, {}});
    }
    if (page == nullptr || !page->waiting.push_back(get.user)) {
      return core::fail(Refusal::busy);
    }
    return {};
  }

  core::Result<void, Refusal> put(const Put& put, core::Time now) {
    if (put.octets.size() != block_octets) {
      return core::fail(Refusal::bad_size);
    }
    Page* page = find(put.block);
    if (page == nullptr) {
      page = claim(put.block);
    } else if (page->state == State::reading) {
      return core::fail(Refusal::busy);
    }
    if (page == nullptr) {
      return core::fail(Refusal::busy);
    }
    std::copy(put.octets.begin(), put.octets.end(), page->octets.begin());
    if (page->state == State::writing) {
      page->changed = true;
    } else if (page->state != State::dirty) {
      page->state = State::dirty;
      page->write_at = now + config_.write_after;
    }
    return {};
  }

  void read_done(Page& page, const Event& event, core::Actions<Action>& actions) {
    const bool good = event.ok && event.octets.size() == block_octets;
    if (good) {
      std::copy(event.octets.begin(), event.octets.end(), page.octets.begin());
    }
    for (const std::uint64_t user : page.waiting) {
      if (good) {
        actions.push({Action::Kind::got, user, page.block, actions.store(page.octets)});
      } else {
        actions.push({Action::Kind::failed, user, page.block, {}});
      }
    }
    page.waiting.clear();
    page.state = good ? State::clean : State::free;
  }

  Config config_;
  std::array<Page, pages> pages_;
  std::uint64_t tags_ = 0;
  std::size_t hand_ = 0;
  std::optional<core::Time> flushing_since_;
};

static_assert(core::EventEngine<BlockStore>);

}  // namespace strowger::contract
