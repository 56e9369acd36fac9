#include "tdm/engine_fixture.hpp"

namespace strowger::tdm {

EngineStand::EngineStand(SpanId id, const SpanConfig& config, const std::vector<Group>& groups,
                         SignallingModule& module)
    : engine(id, config, groups, module),
      driver(engine, *this),
      requests_(std::uint64_t{id.value()} * 1000) {}

RequestId EngineStand::ask(const Command::What& what, core::Time now) {
  const RequestId request(++requests_);
  const auto result = driver.command(Command{request, what}, now);
  if (!result) {
    Event event;
    event.kind = EventKind::refused;
    event.request = request;
    event.error = result.error();
    events.push_back(event);
  }
  return request;
}

std::vector<Event> EngineStand::take_events() {
  return std::exchange(events, {});
}

const Event* EngineStand::last(EventKind kind) const {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->kind == kind) {
      return &*event;
    }
  }
  return nullptr;
}

std::size_t EngineStand::count(EventKind kind) const {
  std::size_t count = 0;
  for (const Event& event : events) {
    count += event.kind == kind ? 1 : 0;
  }
  return count;
}

void EngineStand::deliver(const SpanEngine::Action& action, core::Time /*now*/) {
  if (const auto* event = std::get_if<Event>(&action)) {
    events.push_back(*event);
  } else if (const auto* out = std::get_if<SignalOut>(&action)) {
    sent.emplace_back(out->message.begin(), out->message.end());
  } else if (const auto* change = std::get_if<StateChanged>(&action)) {
    changes.push_back(*change);
  } else if (const auto* forward = std::get_if<Forward>(&action)) {
    forwards.push_back(*forward);
  } else {
    rotations.push_back(std::get<Rotated>(action));
  }
}

SpanConfig span_config(std::string name, std::uint16_t channels, GlareRule glare) {
  SpanConfig config;
  config.name = std::move(name);
  config.signalling = "loopback";
  config.glare = glare;
  for (std::uint16_t i = 1; i <= channels; ++i) {
    ChannelConfig channel;
    channel.timeslot = i;
    config.channels.push_back(channel);
  }
  return config;
}

CallerData caller(std::string_view calling, std::string_view called) {
  CallerData data;
  (void)data.calling.assign(calling);
  (void)data.called.assign(called);
  return data;
}

EnginePair::EnginePair(SpanConfig of_a, SpanConfig of_b, const MakeModule& make)
    : config_a(std::move(of_a)),
      config_b(std::move(of_b)),
      module_a(make(config_a)),
      module_b(make(config_b)),
      a(SpanId(1), config_a, groups, *module_a),
      b(SpanId(2), config_b, groups, *module_b) {}

LoopbackPair::LoopbackPair(std::uint16_t channels)
    : EnginePair(span_config("a", channels, GlareRule::yield_all),
                 span_config("b", channels, GlareRule::control_all),
                 [](const SpanConfig&) { return std::make_unique<LoopbackModule>(); }) {}

void EnginePair::start() {
  a.ask(StartSpan{}, now);
  b.ask(StartSpan{}, now);
  run();
  a.events.clear();
  b.events.clear();
}

bool EnginePair::one_to_b() {
  if (a.sent.empty()) {
    return false;
  }
  const auto message = std::move(a.sent.front());
  a.sent.pop_front();
  b.driver.input(message, SpanEngine::Source{}, now);
  return true;
}

bool EnginePair::one_to_a() {
  if (b.sent.empty()) {
    return false;
  }
  const auto message = std::move(b.sent.front());
  b.sent.pop_front();
  a.driver.input(message, SpanEngine::Source{}, now);
  return true;
}

void EnginePair::run() {
  bool moved = true;
  while (moved) {
    const bool to_b = one_to_b();
    moved = one_to_a() || to_b;
  }
}

void EnginePair::wait(core::Duration length) {
  now += length;
  a.driver.expire(now);
  b.driver.expire(now);
  run();
}

}  // namespace strowger::tdm
