#include <array>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "http/date.hpp"
#include "http/engine_flow.hpp"
#include "http/writer.hpp"

namespace strowger::http {
namespace {

/// What only the engine may write: it is how the peer finds the end of a message.
bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 5> names{"content-length", "transfer-encoding",
                                                  "connection", "date", "keep-alive"};
  for (const std::string_view one : names) {
    if (base::same_word(name, one)) {
      return true;
    }
  }
  return false;
}

/// RFC 9110 15.2, 15.3.5, 15.4.5.
bool has_no_body(int status) {
  return status / 100 == 1 || status == 204 || status == 304;
}

}  // namespace

void Engine::queue(Flow& flow, std::string_view text, core::Time now, ActionList& actions) {
  const bool had_none = flow.queue.empty();
  flow.queue.append(core::octets_of(text), stock_);
  if (had_none && !flow.queue.empty()) {
    flow.moved = now;
    arm(flow, now);
    actions.push(HasOctets{flow.id});
  }
}

void Engine::end(Flow& flow, core::Time now, ActionList& actions) {
  flow.ended = true;
  flow.pending.clear(stock_);
  flow.closing_at = now + settings_.close_timeout;
  arm(flow, now);
  if (flow.queue.empty() && !std::exchange(flow.gone, true)) {
    actions.push(HangUp{flow.id, false});
  }
}

/// The answer is whole, or was before the last of the request came.
void Engine::answered(Flow& flow, core::Time now, ActionList& actions) {
  flow.answer = Flow::Answer::given;
  if (flow.reading != Flow::Reading::nothing && !flow.close_after) {
    return;  // the rest of the request's body is read and forgotten
  }
  if (flow.close_after) {
    end(flow, now, actions);
    return;
  }
  flow.reading = Flow::Reading::head;
  flow.answer = Flow::Answer::none;
  flow.since = now;
  arm(flow, now);
  if (!flow.pending.empty()) {
    table_.due_later(flow, now);
  }
}

bool Engine::write_head(Flow& flow, int status, const std::vector<Field>& fields,
                        std::optional<std::uint64_t> length, core::Time now, std::string& out) {
  HeadWriter writer(out);
  writer.response(status);
  if (wall_.ns > 0) {
    writer.field("Date", date_text(wall_ + (now - wall_at_)).view());
  }
  for (const Field& field : fields) {
    if (is_framing(field.name)) {
      return false;
    }
    writer.field(field.name, field.value);
  }
  flow.left = length.value_or(0);
  if (has_no_body(status)) {
    flow.framing = Flow::Framing::no_body;
  } else if (length) {
    flow.framing = flow.to_head ? Flow::Framing::no_body : Flow::Framing::counted;
    writer.field("Content-Length", *length);
  } else if (flow.old) {
    flow.framing = flow.to_head ? Flow::Framing::no_body : Flow::Framing::until_close;
    flow.close_after = true;
  } else {
    flow.framing = flow.to_head ? Flow::Framing::no_body : Flow::Framing::chunked;
    writer.field("Transfer-Encoding", "chunked");
  }
  if (flow.close_after) {
    writer.field("Connection", "close");
  } else if (flow.old) {
    writer.field("Connection", "keep-alive");
  }
  writer.finish();
  return writer.ok();
}

// ---- commands

Engine::CommandResult Engine::run(const Open&, core::Time now, ActionList&) {
  Flow* const made = table_.make();
  if (made == nullptr) {
    return core::fail(Refusal::no_room);
  }
  Flow& flow = *made;
  flow.finder = HeadFinder(settings_.head);
  flow.since = now;
  arm(flow, now);
  return flow.id;
}

Engine::CommandResult Engine::run(const Clock& command, core::Time now, ActionList&) {
  wall_ = command.wall;
  wall_at_ = now;
  return FlowId();
}

Engine::CommandResult Engine::run(const Respond& command, core::Time now, ActionList& actions) {
  Flow* const flow = table_.find(command.flow);
  if (flow == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (flow->answer != Flow::Answer::owed || flow->ended) {
    return core::fail(Refusal::not_now);
  }
  if (command.status < 200 || command.status > 599) {
    return core::fail(Refusal::bad_field);
  }
  if (has_no_body(command.status) && !command.body.empty()) {
    return core::fail(Refusal::bad_length);
  }
  const bool closed_after = std::exchange(flow->close_after, flow->close_after || command.close);
  std::string out;
  if (!write_head(*flow, command.status, command.fields, command.body.size(), now, out)) {
    flow->close_after = closed_after;
    return core::fail(Refusal::bad_field);
  }
  if (flow->framing == Flow::Framing::counted) {
    out += command.body;
  }
  const FlowId id = flow->id;
  queue(*flow, out, now, actions);
  answered(*flow, now, actions);
  return id;
}

Engine::CommandResult Engine::run(const Begin& command, core::Time now, ActionList& actions) {
  Flow* const flow = table_.find(command.flow);
  if (flow == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (flow->answer != Flow::Answer::owed || flow->ended) {
    return core::fail(Refusal::not_now);
  }
  std::string out;
  if (command.status < 200 || command.status > 599 ||
      !write_head(*flow, command.status, command.fields, command.length, now, out)) {
    return core::fail(Refusal::bad_field);
  }
  flow->answer = Flow::Answer::begun;
  queue(*flow, out, now, actions);
  return flow->id;
}

Engine::CommandResult Engine::run(const More& command, core::Time now, ActionList& actions) {
  Flow* const flow = table_.find(command.flow);
  if (flow == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (flow->answer != Flow::Answer::begun || flow->ended) {
    return core::fail(Refusal::not_now);
  }
  if (flow->framing == Flow::Framing::no_body || command.octets.empty()) {
    return flow->id;
  }
  if (flow->framing == Flow::Framing::counted && command.octets.size() > flow->left) {
    return core::fail(Refusal::bad_length);
  }
  // A piece that is longer than the queue is taken when the queue is empty.
  if (!flow->queue.empty() && flow->queue.size() + command.octets.size() > settings_.queue_octets) {
    flow->refused = true;
    return core::fail(Refusal::full);
  }
  if (flow->framing == Flow::Framing::chunked) {
    std::array<char, 20> room{};
    const auto end =
        std::to_chars(room.data(), room.data() + room.size(), command.octets.size(), 16);
    queue(*flow, {room.data(), static_cast<std::size_t>(end.ptr - room.data())}, now, actions);
    queue(*flow, "\r\n", now, actions);
  }
  queue(*flow, core::text_of(command.octets), now, actions);
  if (flow->framing == Flow::Framing::chunked) {
    queue(*flow, "\r\n", now, actions);
  }
  flow->left -= flow->framing == Flow::Framing::counted ? command.octets.size() : 0;
  return flow->id;
}

Engine::CommandResult Engine::run(const Finish& command, core::Time now, ActionList& actions) {
  Flow* const flow = table_.find(command.flow);
  if (flow == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (flow->answer != Flow::Answer::begun || flow->ended) {
    return core::fail(Refusal::not_now);
  }
  const FlowId id = flow->id;
  if (flow->framing == Flow::Framing::chunked) {
    queue(*flow, "0\r\n\r\n", now, actions);
  }
  // An answer shorter than it said can only be told by ending the connection.
  if (flow->framing == Flow::Framing::counted && flow->left > 0) {
    flow->close_after = true;
  }
  answered(*flow, now, actions);
  return id;
}

Engine::CommandResult Engine::run(const Upgrade& command, core::Time, ActionList& actions) {
  Flow* const flow = table_.find(command.flow);
  if (flow == nullptr) {
    return core::fail(Refusal::unknown);
  }
  if (flow->answer != Flow::Answer::owed || flow->reading != Flow::Reading::nothing ||
      flow->ended) {
    return core::fail(Refusal::not_now);
  }
  // What does not fit is more than anyone may have sent before the upgrade is granted.
  const std::size_t total = flow->queue.size() + flow->pending.size();
  if (total > max_step.octets) {
    return core::fail(Refusal::full);
  }
  const FlowId id = flow->id;
  const core::Octets unsent = actions.store(flow->queue.view());
  const core::Octets arrived = actions.store(flow->pending.view());
  actions.push(Upgraded{id, unsent, arrived});
  erase(*flow);
  return id;
}

}  // namespace strowger::http
