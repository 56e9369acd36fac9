// The datagram kind of engine, as SIP is: asks and answers over flows that lose, repeat and reorder
// datagrams. A question is sent again until it is answered; a repeated question gets the answer
// again, or nothing while the user is still thinking.
//
// A datagram: 'Q' or 'A', the asker's number of the question (four octets), the text.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/timer_wheel.hpp"
#include "core/address.hpp"
#include "core/bounded.hpp"
#include "core/engine.hpp"
#include "core/result.hpp"

namespace strowger::contract {

class DatagramPeer {
 public:
  using Source = core::Address;
  struct SendFailed {
    Source to;
  };
  using Event = SendFailed;
  struct Ask {
    Source to;
    std::string_view text;
  };
  struct Answer {
    Source to;
    std::uint32_t number = 0;
    std::string_view text;
  };
  using Command = std::variant<Ask, Answer>;
  enum class Refusal : std::uint8_t { too_long, too_many, unknown };
  struct Action {
    enum class Kind : std::uint8_t { send, asked, answered, failed, note };
    Kind kind = Kind::send;
    Source peer;
    std::uint32_t number = 0;
    core::Octets octets;
  };

  struct Config {
    core::Duration t1 = core::milliseconds(50);  // first repetition; doubles
    int tries = 7;
    core::Duration memory = core::seconds(5);  // how long an answer is kept for repetitions
  };

  static constexpr std::size_t longest = 200;
  static constexpr std::size_t most_transactions = 64;
  static constexpr core::StepSize max_step{1, longest + 5};

  DatagramPeer(Config config, core::Time now)
      : config_(config), timers_(most_transactions, core::milliseconds(1), now) {}

  std::size_t input(core::Octets octets, const Source& source, core::Time now,
                    core::Actions<Action>& actions) {
    if (!actions.has_room(max_step)) {
      return 0;
    }
    core::OctetReader reader(octets);
    const std::uint8_t type = reader.u8();
    const std::uint32_t number = reader.u32();
    const std::string_view text = core::text_of(reader.rest());
    if (!reader.ok() || text.size() > longest || (type != 'Q' && type != 'A')) {
      actions.push({Action::Kind::note, source, 0, octets});
    } else if (type == 'Q') {
      question(source, number, text, now, actions);
    } else {
      answer(source, number, text, actions);
    }
    return octets.size();
  }

  void event(const Event& event, core::Time now, core::Actions<Action>&) {
    // Each failed question takes an action of its own, so they come out at expire.
    for (Transaction& transaction : transactions_) {
      if (transaction.state == State::asking && transaction.peer == event.to) {
        transaction.left = 0;
        timers_.restart(transaction.timer, now);
      }
    }
  }

  core::Result<std::uint32_t, Refusal> command(const Command& command, core::Time now,
                                               core::Actions<Action>& actions) {
    if (const auto* ask = std::get_if<Ask>(&command)) {
      return this->ask(*ask, now, actions);
    }
    return give(std::get<Answer>(command), actions);
  }

  void expire(core::Time now, core::Actions<Action>& actions) {
    while (actions.has_room(max_step) && timers_.next_deadline() <= now && timers_.size() > 0) {
      timers_.advance(now, 1, [&](std::uint32_t slot, base::TimerHandle) {
        timed_out(transactions_.at(slot), slot, now, actions);
      });
    }
  }

  [[nodiscard]] std::optional<core::Time> next_deadline() const { return timers_.next_deadline(); }

 private:
  enum class State : std::uint8_t { free, asking, thinking, answered };
  struct Transaction {
    State state = State::free;
    Source peer;
    std::uint32_t number = 0;
    core::BoundedString<longest + 5> datagram;
    core::Duration interval;
    int left = 0;
    base::TimerHandle timer;
  };

  Transaction* find(State state, const Source& peer, std::uint32_t number) {
    for (Transaction& transaction : transactions_) {
      if (transaction.state == state && transaction.peer == peer && transaction.number == number) {
        return &transaction;
      }
    }
    return nullptr;
  }

  Transaction* make(State state, const Source& peer, std::uint32_t number, core::Time timer) {
    for (std::uint32_t slot = 0; slot < transactions_.size(); ++slot) {
      Transaction& transaction = transactions_.at(slot);
      if (transaction.state == State::free) {
        transaction = {state, peer, number, {}, config_.t1, config_.tries, {}};
        transaction.timer = timers_.start(timer, slot);
        return &transaction;
      }
    }
    return nullptr;
  }

  static void write(Transaction& transaction, std::uint8_t type, std::string_view text) {
    std::array<core::Octet, longest + 5> room{};
    core::OctetWriter writer(room);
    writer.u8(type);
    writer.u32(transaction.number);
    writer.text(text);
    transaction.datagram.assign(core::text_of(writer.written()));
  }

  /// The datagram goes to the arena: by the time it is delivered the transaction may be another's.
  static void send(const Transaction& transaction, core::Actions<Action>& actions) {
    actions.push({Action::Kind::send, transaction.peer, transaction.number,
                  actions.store(core::octets_of(transaction.datagram.view()))});
  }

  core::Result<std::uint32_t, Refusal> ask(const Ask& ask, core::Time now,
                                           core::Actions<Action>& actions) {
    if (ask.text.size() > longest) {
      return core::fail(Refusal::too_long);
    }
    Transaction* transaction = make(State::asking, ask.to, next_number_, now + config_.t1);
    if (transaction == nullptr) {
      return core::fail(Refusal::too_many);
    }
    write(*transaction, 'Q', ask.text);
    send(*transaction, actions);
    return next_number_++;
  }

  core::Result<std::uint32_t, Refusal> give(const Answer& answer, core::Actions<Action>& actions) {
    Transaction* transaction = find(State::thinking, answer.to, answer.number);
    if (transaction == nullptr) {
      return core::fail(Refusal::unknown);
    }
    if (answer.text.size() > longest) {
      return core::fail(Refusal::too_long);
    }
    transaction->state = State::answered;
    write(*transaction, 'A', answer.text);
    send(*transaction, actions);
    return answer.number;
  }

  void question(const Source& from, std::uint32_t number, std::string_view text, core::Time now,
                core::Actions<Action>& actions) {
    if (const Transaction* answered = find(State::answered, from, number)) {
      return send(*answered, actions);
    }
    if (find(State::thinking, from, number) == nullptr &&
        make(State::thinking, from, number, now + config_.memory) != nullptr) {
      actions.push({Action::Kind::asked, from, number, core::octets_of(text)});
    }
  }

  void answer(const Source& from, std::uint32_t number, std::string_view text,
              core::Actions<Action>& actions) {
    if (Transaction* transaction = find(State::asking, from, number)) {
      timers_.stop(transaction->timer);
      transaction->state = State::free;
      actions.push({Action::Kind::answered, from, number, core::octets_of(text)});
    }
  }

  void timed_out(Transaction& transaction, std::uint32_t slot, core::Time now,
                 core::Actions<Action>& actions) {
    if (transaction.state == State::asking && --transaction.left > 0) {
      transaction.interval = transaction.interval * 2;
      transaction.timer = timers_.start(now + transaction.interval, slot);
      return send(transaction, actions);
    }
    if (transaction.state == State::asking) {
      actions.push({Action::Kind::failed, transaction.peer, transaction.number, {}});
    }
    transaction.state = State::free;
  }

  Config config_;
  base::TimerWheel<std::uint32_t> timers_;
  std::vector<Transaction> transactions_ = std::vector<Transaction>(most_transactions);
  std::uint32_t next_number_ = 1;
};

static_assert(core::InputEngine<DatagramPeer> && core::EventEngine<DatagramPeer>);

}  // namespace strowger::contract
