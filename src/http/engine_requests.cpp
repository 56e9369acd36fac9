#include <algorithm>

#include "base/text.hpp"
#include "http/engine_flow.hpp"
#include "http/writer.hpp"

namespace strowger::http {
namespace {

/// The most of a body that is told at once.
constexpr std::size_t part_octets = 16U << 10U;

}  // namespace

/// One unit: a head, or a piece of a body. What is `held` is the engine's own, and copied into the
/// arena where an action shows it.
std::size_t Engine::advance(Flow& flow, core::Octets octets, bool held, core::Time now,
                            ActionList& actions) {
  return flow.reading == Flow::Reading::head ? read_head(flow, octets, held, now, actions)
                                             : read_body(flow, octets, held, now, actions);
}

std::size_t Engine::read_head(Flow& flow, core::Octets octets, bool held, core::Time now,
                              ActionList& actions) {
  if (!flow.head_begun) {
    // RFC 9112 2.2: an empty line before the request line is passed over.
    if (octets[0] == '\r') {
      if (octets.size() < 2) {
        return 0;
      }
      if (octets[1] == '\n') {
        return 2;
      }
    }
    flow.head_begun = true;
    flow.since = now;
    arm(flow, now);
  }
  const auto end = flow.finder.find(octets);
  if (!end) {
    reject(flow, end.error().fault, status_of(end.error().fault), now, actions);
    return octets.size();
  }
  if (!*end) {
    return 0;
  }
  core::Octets whole = octets.first(**end);
  whole = held ? actions.store(whole) : whole;
  const auto head = parse_request(whole, settings_.head);
  if (!head) {
    reject(flow, head.error().fault, status_of(head.error().fault), now, actions);
    return octets.size();
  }
  const auto length = body_length(*head);
  if (!length) {
    reject(flow, length.error().fault, status_of(length.error().fault), now, actions);
    return octets.size();
  }
  if (length->octets > settings_.body.body_octets) {
    reject(flow, Fault::body_too_long, status_of(Fault::body_too_long), now, actions);
    return octets.size();
  }
  flow.body = BodyReader(*length, settings_.body);
  begin_request(flow, *head, now, actions);
  return **end;
}

void Engine::begin_request(Flow& flow, const RequestHead& head, core::Time now,
                           ActionList& actions) {
  ++counters_.requests;
  ++flow.requests;
  flow.finder.reset();
  flow.head_begun = false;
  flow.since = now;
  flow.to_head = head.method == "HEAD";
  flow.old = head.minor == 0;
  flow.close_after =
      flow.close_after || !head.keep_alive() || flow.requests >= settings_.requests_a_flow;
  flow.answer = Flow::Answer::owed;
  const bool body = !flow.body.done();
  flow.reading = body ? Flow::Reading::body : Flow::Reading::nothing;
  const auto expectation = head.fields.find("expect");
  if (expectation && !flow.old) {
    if (!base::same_word(*expectation, "100-continue")) {
      reject(flow, Fault::bad_field_value, 417, now, actions);
      return;
    }
    if (body) {
      queue(flow, "HTTP/1.1 100 Continue\r\n\r\n", now, actions);
    }
  }
  arm(flow, now);
  actions.push(Request{flow.id, head, body});
}

std::size_t Engine::read_body(Flow& flow, core::Octets octets, bool held, core::Time now,
                              ActionList& actions) {
  const auto step = flow.body.next(octets.first(std::min(octets.size(), part_octets)));
  if (!step) {
    reject(flow, step.error().fault, status_of(step.error().fault), now, actions);
    return octets.size();
  }
  // Who has been answered already is not told of the rest.
  const bool wanted = flow.answer == Flow::Answer::owed || flow.answer == Flow::Answer::begun;
  if (wanted && (!step->data.empty() || step->done)) {
    const core::Octets data = held && !step->data.empty() ? actions.store(step->data) : step->data;
    actions.push(BodyPart{flow.id, data, step->done});
  }
  if (step->done) {
    flow.reading = Flow::Reading::nothing;
    if (flow.answer == Flow::Answer::given) {
      answered(flow, now, actions);
    }
  }
  return step->consumed;
}

/// Answers where there is still something to answer, and ends the connection: where a request ends
/// and the next begins can't be known any more.
void Engine::reject(Flow& flow, Fault fault, int status, core::Time now, ActionList& actions) {
  ++counters_.rejected;
  const bool begun = flow.answer == Flow::Answer::begun;
  const bool told =
      flow.answer == Flow::Answer::owed && flow.reading != Flow::Reading::head && status != 417;
  if (begun || told) {
    actions.push(Abandoned{flow.id});
  }
  if (!begun && flow.answer != Flow::Answer::given) {
    const std::string body = std::string(reason_of(status)) + "\n";
    flow.close_after = true;
    flow.to_head = false;
    std::string out;
    (void)write_head(flow, status, {{"Content-Type", "text/plain; charset=utf-8"}}, body.size(),
                     now, out);
    queue(flow, out + body, now, actions);
  }
  flow.answer = Flow::Answer::given;
  actions.push(Rejected{flow.id, fault, status});
  end(flow, now, actions);
}

}  // namespace strowger::http
