#include "tdm/trunks.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>

#include "tdm/analog.hpp"
#include "tdm/cpu_monitor.hpp"
#include "tdm/loopback.hpp"
#include "tdm/no_signalling.hpp"

namespace strowger::tdm {
namespace {

/// To the span at the other end of a loopback. One that does not run hears nothing, as over a line.
class LoopbackOutlet final : public MessageOutlet {
 public:
  void set_peer(Span& peer) { peer_ = &peer; }
  bool send(core::Octets message, std::uint32_t tag) override {
    const auto delivered = peer_->deliver(message, tag);
    return delivered || delivered.error() != TdmError::queue_full;
  }

 private:
  Span* peer_ = nullptr;
};

GlareRule complement_of(GlareRule rule) {
  switch (rule) {
    case GlareRule::yield_all:
      return GlareRule::control_all;
    case GlareRule::control_all:
      return GlareRule::yield_all;
    case GlareRule::control_even:
      return GlareRule::control_odd;
    case GlareRule::control_odd:
      break;
  }
  return GlareRule::control_even;
}

[[noreturn]] void refuse(const SpanConfig& span, const std::string& why) {
  throw std::invalid_argument("span " + span.name + ": " + why);
}

bool back_to_back(const SpanConfig& span) {
  return span.signalling == "loopback" ||
         (span.signalling == "analog" && !span.signalling_peer.empty());
}

/// The other end of a loopback span; it names this one in turn.
SpanConfig& loopback_peer(TdmConfig& config, const SpanConfig& span) {
  const auto peer =
      std::find_if(config.spans.begin(), config.spans.end(),
                   [&](const SpanConfig& other) { return other.name == span.signalling_peer; });
  if (peer == config.spans.end() || &*peer == &span || peer->signalling != span.signalling ||
      peer->signalling_peer != span.name) {
    refuse(span, span.signalling + " wants a peer: another span with signalling " +
                     span.signalling + " that names it");
  }
  return *peer;
}

/// What the two ends of a loopback must agree on: the first of the two has the say.
TdmConfig agreed(TdmConfig config) {
  for (const SpanConfig& span : config.spans) {
    if (back_to_back(span)) {
      SpanConfig& peer = loopback_peer(config, span);
      if (&span < &peer) {
        peer.glare = complement_of(span.glare);
      }
    }
  }
  return config;
}

}  // namespace

class Trunks::State final : public SpanNeighbours {
 public:
  State(TdmConfig config, EventListener& listener, const SignallingFactory& factory,
        CpuMonitor::Source cpu_times);

  bool forward(SpanId to, RequestId request, const Place& place) override {
    Span* next = span(to);
    return next != nullptr && next->push(Command{request, place}).has_value();
  }
  void rotated(std::uint16_t group, std::uint16_t next) override {
    rotors_[group].store(next, std::memory_order_relaxed);
  }
  [[nodiscard]] bool on_span_thread() const override {
    return std::any_of(spans_.begin(), spans_.end(),
                       [](const auto& part) { return part->span->on_own_thread(); });
  }

  [[nodiscard]] Span* span(SpanId id) {
    const bool known = id.value() != 0 && id.value() <= spans_.size();
    return known ? spans_[id.value() - 1U]->span.get() : nullptr;
  }
  Result<RequestId> ask(SpanId id, const Command::What& what);
  Result<RequestId> place(const Hunt& hunt, const CallerData& caller);
  void start_monitor();
  void stop_monitor() {
    monitor_.reset();
    overloaded_ = false;
  }

  TdmConfig config_;
  std::vector<Group> groups_;

 private:
  /// In the order of their destruction, last first: the span's thread ends before its module goes.
  struct Part {
    std::unique_ptr<SignallingModule> module;
    std::unique_ptr<MessageOutlet> outlet;
    std::unique_ptr<Span> span;
  };
  friend class Trunks;
  void make(Part& part, std::uint16_t index, EventListener& listener,
            const SignallingFactory& factory);
  void make_analog(Part& part, const SpanConfig& config, SpanId id,
                   const SignallingFactory& factory);
  void join_loopbacks();

  EventListener& listener_;
  CpuMonitor::Source cpu_times_;
  std::vector<std::atomic<std::uint16_t>> rotors_;
  std::atomic<std::uint64_t> requests_{0};
  std::vector<std::unique_ptr<Part>> spans_;
  std::atomic<bool> overloaded_{false};
  std::unique_ptr<CpuMonitor> monitor_;  // started and stopped by start_all and stop_all
};

Trunks::State::State(TdmConfig config, EventListener& listener, const SignallingFactory& factory,
                     CpuMonitor::Source cpu_times)
    : config_(agreed(std::move(config))),
      groups_(config_.groups()),
      listener_(listener),
      cpu_times_(std::move(cpu_times)),
      rotors_(groups_.size()) {
  for (std::size_t i = 0; i < config_.spans.size(); ++i) {
    auto part = std::make_unique<Part>();
    make(*part, static_cast<std::uint16_t>(i), listener, factory);
    spans_.push_back(std::move(part));
  }
  join_loopbacks();
}

void Trunks::State::make(Part& part, std::uint16_t index, EventListener& listener,
                         const SignallingFactory& factory) {
  const SpanConfig& config = config_.spans[index];
  const SpanId id(static_cast<std::uint16_t>(index + 1U));
  if (config.signalling == "loopback") {
    part.module = std::make_unique<LoopbackModule>();
    part.outlet = std::make_unique<LoopbackOutlet>();
  } else if (config.signalling == "analog") {
    make_analog(part, config, id, factory);
  } else if (config.signalling == "none") {
    part.module = std::make_unique<NoSignalling>();
  } else if (factory) {
    SignallingParts made = factory(config, id);
    part.module = std::move(made.module);
    part.outlet = std::move(made.outlet);
  }
  if (part.module == nullptr) {
    refuse(config, "no signalling is called " + config.signalling);
  }
  const auto faults = faults_of(part.module->state_map());
  if (!faults.empty()) {
    refuse(config, "its state map is wrong: " + faults.front());
  }
  part.span =
      std::make_unique<Span>(Span::Parts{id, config, groups_, listener, *this}, *part.module);
  if (part.outlet != nullptr) {
    part.span->set_outlet(*part.outlet);
  }
}

void Trunks::State::make_analog(Part& part, const SpanConfig& config, SpanId id,
                                const SignallingFactory& factory) {
  for (const ChannelConfig& channel : config.channels) {
    if (!is_analog(channel.type)) {
      refuse(config, "analog signalling is for fxs- and fxo-channels alone");
    }
  }
  part.module = std::make_unique<AnalogModule>(config);
  if (back_to_back(config)) {
    part.outlet = std::make_unique<LoopbackOutlet>();
  } else if (factory) {
    part.outlet = factory(config, id).outlet;
  }
}

void Trunks::State::join_loopbacks() {
  for (const auto& part : spans_) {
    const SpanConfig& config = part->span->config();
    if (!back_to_back(config)) {
      continue;
    }
    for (const auto& other : spans_) {
      if (other->span->config().name == config.signalling_peer) {
        static_cast<LoopbackOutlet&>(*part->outlet).set_peer(*other->span);
      }
    }
  }
}

Result<RequestId> Trunks::State::ask(SpanId id, const Command::What& what) {
  Span* asked = span(id);
  if (asked == nullptr) {
    return core::fail(TdmError::no_such_span);
  }
  const RequestId request(requests_.fetch_add(1, std::memory_order_relaxed) + 1);
  const auto pushed = asked->push(Command{request, what});
  return pushed ? Result<RequestId>(request) : core::fail(pushed.error());
}

Result<RequestId> Trunks::State::place(const Hunt& hunt, const CallerData& caller) {
  if (overloaded_.load(std::memory_order_relaxed)) {
    return core::fail(TdmError::overloaded);
  }
  if (hunt.where != Hunt::Where::group) {
    return ask(hunt.span, Place{hunt, caller, 0, 0});
  }
  if (hunt.group >= groups_.size()) {
    return core::fail(TdmError::no_such_group);
  }
  const std::vector<ChannelRef>& members = groups_[hunt.group].channels;
  const std::uint16_t rotor = rotors_[hunt.group].load(std::memory_order_relaxed);
  std::uint16_t begin = rotor;
  if (hunt.order == HuntOrder::top_down) {
    begin = 0;
  } else if (hunt.order == HuntOrder::bottom_up) {
    begin = static_cast<std::uint16_t>(members.size() - 1);
  }
  return ask(members[begin].span, Place{hunt, caller, 0, begin});
}

void Trunks::State::start_monitor() {
  if (config_.cpu.enabled && monitor_ == nullptr) {
    monitor_ =
        std::make_unique<CpuMonitor>(config_.cpu, cpu_times_, [this](unsigned percent, bool alarm) {
          overloaded_.store(alarm && config_.cpu.reject, std::memory_order_relaxed);
          if (config_.cpu.warn) {
            listener_.on_cpu_alarm(percent, alarm);
          }
        });
  }
}

// ---- the public face

Trunks::Trunks(TdmConfig config, EventListener& listener, const SignallingFactory& factory,
               CpuMonitor::Source cpu_times)
    : state_(std::make_unique<State>(std::move(config), listener, factory, std::move(cpu_times))) {}

Trunks::~Trunks() {
  stop_all();
}

Result<void> Trunks::start(SpanId id) {
  Span* found = span(id);
  return found == nullptr ? core::fail(TdmError::no_such_span) : found->start();
}

Result<void> Trunks::stop(SpanId id) {
  Span* found = span(id);
  return found == nullptr ? core::fail(TdmError::no_such_span) : found->stop();
}

Result<void> Trunks::start_all() {
  Result<void> result;
  for (const auto& part : state_->spans_) {
    const auto started = part->span->start();
    result = result ? started : result;
  }
  state_->start_monitor();
  return result;
}

void Trunks::stop_all() {
  state_->stop_monitor();
  for (const auto& part : state_->spans_) {
    (void)part->span->stop();  // one that does not run is stopped already
  }
}

Result<RequestId> Trunks::place(const Hunt& hunt, const CallerData& caller) {
  return state_->place(hunt, caller);
}

Result<RequestId> Trunks::answer(CallId call) {
  return state_->ask(span_of(call), Answer{call});
}

Result<RequestId> Trunks::indicate(CallId call, Indication indication) {
  return state_->ask(span_of(call), Indicate{call, indication});
}

Result<RequestId> Trunks::hold(CallId call) {
  return state_->ask(span_of(call), SetHold{call, true});
}

Result<RequestId> Trunks::unhold(CallId call) {
  return state_->ask(span_of(call), SetHold{call, false});
}

Result<RequestId> Trunks::transfer(CallId call, std::string_view to) {
  Transfer transfer{call, {}};
  if (to.empty() || !transfer.to.assign(to)) {
    return core::fail(TdmError::bad_argument);
  }
  return state_->ask(span_of(call), transfer);
}

Result<RequestId> Trunks::hang_up(CallId call, Cause cause) {
  return state_->ask(span_of(call), HangUp{call, cause});
}

Result<RequestId> Trunks::reset(ChannelRef channel) {
  return state_->ask(channel.span, Reset{channel.channel});
}

Result<RequestId> Trunks::set_blocked(ChannelRef channel, bool blocked) {
  return state_->ask(channel.span, SetBlocked{channel.channel, blocked});
}

std::optional<SpanId> Trunks::find_span(std::string_view name) const {
  const auto& spans = state_->config_.spans;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].name == name) {
      return SpanId(static_cast<std::uint16_t>(i + 1));
    }
  }
  return std::nullopt;
}

std::optional<std::uint16_t> Trunks::find_group(std::string_view name) const {
  for (std::size_t i = 0; i < state_->groups_.size(); ++i) {
    if (state_->groups_[i].name == name) {
      return static_cast<std::uint16_t>(i);
    }
  }
  return std::nullopt;
}

const TdmConfig& Trunks::config() const {
  return state_->config_;
}

std::uint16_t Trunks::span_count() const {
  return static_cast<std::uint16_t>(state_->spans_.size());
}

Span* Trunks::span(SpanId id) {
  return state_->span(id);
}

Trunks::CpuState Trunks::cpu() const {
  const CpuMonitor* monitor = state_->monitor_.get();
  return monitor == nullptr ? CpuState{} : CpuState{monitor->percent(), monitor->alarm()};
}

}  // namespace strowger::tdm
