#include "media/shard_health.hpp"

namespace strowger::media {
namespace {

constexpr rt::LogLine late_line{base::LogLevel::warning,
                                "ticks came late: voice was held up",
                                {"ticks", "processor_taken_away", "disk_faults"}};
constexpr rt::LogLine sends_line{
    base::LogLevel::warning, "the system refused packets of voice", {"packets"}};
constexpr rt::LogLine events_line{
    base::LogLevel::warning, "digits and other events of voice were lost", {"events"}};

/// What has come since it was told last, which is now.
std::uint64_t news(const ShardTally::Count& count, std::uint64_t& told) {
  const std::uint64_t now = count.load(std::memory_order_relaxed);
  const std::uint64_t more = now - told;
  told = now;
  return more;
}

}  // namespace

void ShardHealth::tick(core::Time at, const ShardTally& tally) {
  if (++ticks_ % ticks_of_a_round == 0) {
    watch_.sample();
    tell(at, tally);
  }
}

void ShardHealth::tell(core::Time at, const ShardTally& tally) {
  const rt::ThreadUsage usage = watch_.reading().usage;
  if (const auto missed = news(tally.ticks_missed, told_missed_); missed >= audible_ticks) {
    log_.write(late_line, at, missed,
               std::uint64_t{usage.involuntary_switches - told_usage_.involuntary_switches},
               std::uint64_t{usage.major_faults - told_usage_.major_faults});
  }
  if (const auto failed = news(tally.sends_failed, told_sends_failed_); failed > 0) {
    log_.write(sends_line, at, failed);
  }
  if (const auto lost = news(tally.events_lost, told_events_lost_); lost > 0) {
    log_.write(events_line, at, lost);
  }
  told_usage_ = usage;
}

}  // namespace strowger::media
