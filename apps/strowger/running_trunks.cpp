#include "running_trunks.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "ss7_trunk/span_signalling.hpp"
#include "tdm_transports/open_lines.hpp"

namespace strowger::app {
namespace {

/// Above the timing thread and media (ARCHITECTURE.md, section 4); none where timing has none.
int mtp_priority(const timing::TimingConfig& timing) {
  constexpr int above_timing = 10;
  constexpr int highest = 99;
  return timing.priority == 0 ? 0 : std::min(timing.priority + above_timing, highest);
}

}  // namespace

class RunningTrunks::Refuser final : public tdm::EventListener {
 public:
  explicit Refuser(base::Logger log) : log_(std::move(log)) {}
  void use(tdm::Trunks& spans) { spans_ = &spans; }

  void on_event(const tdm::Event& event) override {
    using Kind = tdm::EventKind;
    if (event.kind == Kind::start) {
      log_.info("a call on a span is turned away: spans have no dialplan yet",
                {{"span", event.span.value()}, {"channel", event.channel.value()}});
      (void)spans_->hang_up(event.call, tdm::cause::destination_out_of_order);
    } else if (event.kind == Kind::stop) {
      (void)spans_->hang_up(event.call);
    } else if (event.kind == Kind::alarm_trap || event.kind == Kind::alarm_clear) {
      log_.warning(event.kind == Kind::alarm_trap ? "alarm" : "alarm over",
                   {{"span", event.span.value()},
                    {"channel", event.channel.value()},
                    {"alarms", event.alarms.text().view()}});
    }
  }

 private:
  base::Logger log_;
  tdm::Trunks* spans_ = nullptr;
};

RunningTrunks::RunningTrunks() = default;

/// First the mtp thread, which tells spans of alarms.
RunningTrunks::~RunningTrunks() {
  service_.reset();
  spans_.reset();
}

core::Result<std::unique_ptr<RunningTrunks>, std::string> RunningTrunks::start(
    const exchange::Configuration& configuration, const base::Log& log) {
  std::unique_ptr<RunningTrunks> trunks(new RunningTrunks);
  if (auto opened = trunks->open(configuration, log); !opened) {
    return core::fail(opened.error());
  }
  return trunks;
}

core::Result<void, std::string> RunningTrunks::open(const exchange::Configuration& configuration,
                                                    const base::Log& log) {
  const exchange::TrunkConf& conf = configuration.trunks;
  auto lines = tdm_transports::open_lines(conf.tdm, device_);
  if (!lines) {
    return core::fail(lines.error());
  }
  try {
    refuser_ = std::make_unique<Refuser>(log.logger("tdm"));
    spans_ = std::make_unique<tdm::Trunks>(conf.tdm, *refuser_, ss7_trunk::signalling_factory());
    refuser_->use(*spans_);
    (void)spans_->start_all();
    ss7_trunk::TrunkServiceConfig config;
    config.tdm = conf.tdm;
    config.ss7 = conf.ss7;
    config.lines = std::move(*lines);
    config.thread.timing = configuration.timing;
    config.thread.priority = mtp_priority(configuration.timing);
    config.log = log.logger("ss7");
    config.on_alarms = [spans = spans_.get()](std::size_t span, tdm::Alarms alarms) {
      const tdm::SpanId id(static_cast<std::uint16_t>(span + 1));
      return spans->span(id)->alarms_are(tdm::ChannelNumber(0), alarms).has_value();
    };
    service_ = std::make_unique<ss7_trunk::TrunkService>(std::move(config));
  } catch (const std::exception& error) {
    return core::fail(std::string(error.what()));
  }
  const rt::Privileges& given = service_->thread().privileges();
  log.logger("ss7").info("mtp thread", {{"ticks", service_->thread().reason()}});
  if (!given.remedy.empty()) {
    log.logger("ss7").warning("mtp runs without real-time privileges", {{"remedy", given.remedy}});
  }
  return {};
}

}  // namespace strowger::app
