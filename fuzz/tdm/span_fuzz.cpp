// A span engine under whatever its wire and its users do: every request is answered once, every
// call that was told of is released once, and after its stop the engine is at rest. The first octet
// chooses the signalling (loopback; analog, with FXS and FXO ports). Then steps: an octet that says
// what, and its arguments; a message is a length octet and its octets.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "base/engine_driver.hpp"
#include "tdm/analog.hpp"
#include "tdm/loopback.hpp"
#include "tdm/span_engine.hpp"

namespace {

using namespace strowger;
using namespace strowger::tdm;

SpanConfig config_of(bool analog) {
  SpanConfig config;
  config.signalling = analog ? "analog" : "loopback";
  config.glare = GlareRule::control_even;
  config.channels.resize(3);
  for (std::size_t i = 0; analog && i < config.channels.size(); ++i) {
    config.channels[i].type = i == 0 ? ChannelType::fxo : ChannelType::fxs;
  }
  return config;
}

class Host {
 public:
  explicit Host(bool analog)
      : config_(config_of(analog)),
        module_(analog ? std::unique_ptr<SignallingModule>(std::make_unique<AnalogModule>(config_))
                       : std::make_unique<LoopbackModule>()),
        engine_(SpanId(1), config_, groups_, *module_),
        driver_(engine_, *this) {
    ask(StartSpan{}, 0);
  }

  void step(core::OctetReader& in);
  void finish() {
    ask(StopSpan{}, 0);
    while (engine_.next_deadline() && *engine_.next_deadline() <= now_) {
      driver_.expire(now_);
    }
    for (const auto& [request, left] : open_) {
      require(left == 0);
    }
    for (const auto& [call, state] : calls_) {
      require(state == 0);
    }
    require(engine_.at_rest());
  }

  void deliver(const SpanEngine::Action& action, core::Time /*now*/) {
    const auto* event = std::get_if<Event>(&action);
    if (event == nullptr) {
      return;
    }
    answered(event->request.value());
    const std::uint64_t call = event->call.value();
    if (event->kind == EventKind::dialing || event->kind == EventKind::start) {
      require(calls_.emplace(call, 1).second);
      last_ = event->call;
    } else if (event->kind == EventKind::released) {
      const auto known = calls_.find(call);
      require(known == calls_.end() || known->second == 1);
      calls_[call] = 0;
    }
  }
  void wake_at(std::optional<core::Time> /*when*/) {}

 private:
  static void require(bool holds) {
    if (!holds) {
      std::abort();
    }
  }
  void answered(std::uint64_t request) {
    if (request != 0 && request < first_untold) {
      require(open_.at(request) == 1);
      open_[request] = 0;
    }
  }
  /// A start has no answer of its own, so its number is beyond those that are counted.
  void ask(const Command::What& what, int promised) {
    const RequestId request(promised == 0 ? first_untold : ++requests_);
    if (promised != 0) {
      open_[request.value()] = 1;
    }
    if (!driver_.command(Command{request, what}, now_)) {
      answered(request.value());
    }
  }

  static constexpr std::uint64_t first_untold = UINT64_MAX / 2;
  SpanConfig config_;
  std::vector<Group> groups_;
  std::unique_ptr<SignallingModule> module_;
  SpanEngine engine_;
  base::EngineDriver<SpanEngine, Host> driver_;
  core::Time now_{1'000'000'000};
  std::uint64_t requests_ = 0;
  std::map<std::uint64_t, int> open_;
  std::map<std::uint64_t, int> calls_;
  CallId last_;
};

void Host::step(core::OctetReader& in) {
  const std::uint8_t what = in.u8();
  const ChannelNumber channel(static_cast<std::uint16_t>(what >> 4U));
  CallerData caller;
  (void)caller.called.assign("12");
  switch (what & 15U) {
    case 0:
      return ask(Place{Hunt::on_span(SpanId(1)), caller, 0, 0}, 1);
    case 1:
      return ask(Place{Hunt::on_channel({SpanId(1), channel}), caller, 0, 0}, 1);
    case 2:
      return ask(Answer{last_}, 1);
    case 3:
      return ask(Indicate{last_, static_cast<Indication>(what >> 4U)}, 1);
    case 4:
      return ask(SetHold{last_, (what & 16U) != 0}, 1);
    case 5:
      return ask(Transfer{last_, caller.called}, 1);
    case 6:
      return ask(HangUp{last_, Cause(16)}, 1);
    case 7:
      return ask(Reset{channel}, 1);
    case 8:
      return ask(SetBlocked{channel, (what & 16U) != 0}, 1);
    case 9:
      return driver_.event(SpanEngine::Event{channel, Alarms{in.u8()}}, now_);
    case 10:
      now_ += core::milliseconds(std::int64_t{250} * in.u8());
      return driver_.expire(now_);
    default: {
      const std::size_t size = std::min<std::size_t>(in.u8(), in.rest().size());
      driver_.input(in.take(size), SpanEngine::Source{}, now_);
      return;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  core::OctetReader in(core::Octets(data, size));
  Host host((in.u8() & 1U) != 0);
  while (in.ok() && !in.rest().empty()) {
    host.step(in);
  }
  host.finish();
  return 0;
}
