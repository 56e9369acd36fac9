// dahdi_test's arithmetic, the numbers beside it, the report and the plot.
#include "timing/measurement.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "timing/plot.hpp"

namespace strowger::timing {
namespace {

constexpr core::Duration period = core::milliseconds(1);

core::Time us(std::int64_t n) {
  return core::Time{} + core::microseconds(n);
}

TEST(AccuracyMeter, a_pass_is_8192_samples_and_a_perfect_one_is_100_percent) {
  AccuracyMeter meter(period);
  std::optional<AccuracyMeter::Pass> pass;
  for (int i = 0; i <= 1024; ++i) {
    EXPECT_FALSE(pass) << "too early";
    pass = meter.add(1, us(i * 1000));
  }
  ASSERT_TRUE(pass);
  EXPECT_EQ(pass->samples, 8192U);
  EXPECT_DOUBLE_EQ(pass->intervals, 8192);
  EXPECT_DOUBLE_EQ(pass->percent, 100);
  EXPECT_DOUBLE_EQ(meter.summary().cumulative, 100);
}

TEST(AccuracyMeter, fast_and_slow_passes_lose_alike_and_the_summary_is_dahdi_tests) {
  AccuracyMeter meter(period);
  meter.add(1, us(0));
  const auto slow = meter.add(1024, us(1'024'000 + 10'240));
  ASSERT_TRUE(slow);
  EXPECT_NEAR(slow->percent, 99, 1e-9);
  const auto fast = meter.add(1024, us(2'048'000));
  ASSERT_TRUE(fast);
  EXPECT_NEAR(fast->percent, 99, 1e-9);
  const AccuracyMeter::Summary summary = meter.summary();
  EXPECT_EQ(summary.passes, 2U);
  EXPECT_NEAR(summary.best, 99, 1e-9);
  EXPECT_NEAR(summary.worst, 99, 1e-9);
  EXPECT_NEAR(summary.average, 99, 1e-9);
  EXPECT_NEAR(summary.difference, 100, 1e-9) << "(101 + 99) / 2";
  EXPECT_NEAR(summary.cumulative, 100, 1e-9) << "taken as one, the two errors cancel out";
}

TEST(AccuracyMeter, is_never_below_nothing) {
  AccuracyMeter meter(period);
  meter.add(1, us(0));
  EXPECT_DOUBLE_EQ(meter.add(1024, us(60'000'000))->percent, 0);
}

TEST(AccuracyMeter, says_before_the_first_pass_that_there_was_none) {
  EXPECT_EQ(AccuracyMeter(period).summary().passes, 0U);
}

/// A burst of 4 after 3 missed ticks, within ticks that come in time.
Measurement measured() {
  Measurement measurement(period);
  std::vector<TickSample> samples;
  for (std::int64_t i = 0; i < 5000; ++i) {
    if (i == 100) {
      samples.push_back({103'500'000, 3'500'000, 4, 0});
      i = 103;
    } else {
      samples.push_back({i * 1'000'000 + 2'000, 2'000, 1, 0});
    }
  }
  measurement.add(samples, [](const AccuracyMeter::Pass&) {});
  return measurement;
}

TEST(Measurement, counts_every_tick_with_its_own_lateness_and_every_wake_up_with_its_first) {
  const Measurement measurement = measured();
  EXPECT_EQ(measurement.lateness().count(), 5000U);
  EXPECT_EQ(measurement.wakeups().count(), 4997U);
  EXPECT_EQ(measurement.missed(), 3U);
  EXPECT_EQ(measurement.bursts(), 1U);
  EXPECT_EQ(measurement.longest_burst(), 4U);
  EXPECT_EQ(measurement.lateness().max(), core::microseconds(3500));
  EXPECT_EQ(measurement.lateness().between(core::microseconds(400), core::seconds(1)), 4U);
  EXPECT_EQ(measurement.accuracy().passes, 4U);
}

TEST(Measurement, tells_of_ticks_that_were_given_up) {
  Measurement measurement(period);
  const std::array<TickSample, 2> samples{{{0, 0, 1, 0}, {5'000'000'000, 4'999'000'000, 1, 4999}}};
  unsigned passes = 0;
  measurement.add(samples, [&](const AccuracyMeter::Pass& pass) {
    ++passes;
    EXPECT_NEAR(pass.percent, 100, 0.1) << "what the percentage hides";
  });
  EXPECT_EQ(passes, 1U);
  EXPECT_EQ(measurement.skipped(), 4999U);
  EXPECT_EQ(measurement.lateness().count(), 5001U);
}

TEST(Timeline, keeps_the_worst_however_long_it_gets) {
  Timeline timeline;
  for (std::int64_t i = 0; i < 100'000; ++i) {
    timeline.add(us(i * 1000), i == 12'345 ? core::milliseconds(7) : core::microseconds(1));
  }
  EXPECT_LE(timeline.columns().size(), Timeline::most_columns);
  EXPECT_GE(timeline.columns().size(), Timeline::most_columns / 2);
  std::uint64_t count = 0;
  core::Duration worst;
  for (const auto& column : timeline.columns()) {
    count += column.count;
    worst = std::max(worst, column.max);
  }
  EXPECT_EQ(count, 100'000U);
  EXPECT_EQ(worst, core::milliseconds(7));
}

TEST(Report, tells_people_and_programs_the_same) {
  const Measurement measurement = measured();
  ReportContext context;
  context.source = "hybrid";
  context.reason = "hybrid: the \"best\"";
  context.load = "cpu";
  context.steal_percent = 1.5;
  context.remedy = "grant CAP_SYS_NICE";
  context.events = {"the calendar clock was set: by +1000.0 ms"};
  const std::string text = report_text(measurement, context);
  for (const char* part :
       {"Results after 4 passes", "Cumulative Accuracy", "Difference:", "missed 3 ticks",
        "the longest of 4", "1.50 %", "grant CAP_SYS_NICE", "calendar", "p99.9"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  const auto json = nlohmann::json::parse(report_json(measurement, context));
  EXPECT_EQ(json["passes"], 4);
  EXPECT_EQ(json["missed"], 3);
  EXPECT_EQ(json["ticks"]["count"], 5000);
  EXPECT_DOUBLE_EQ(json["ticks"]["max_us"], 3500);
  EXPECT_EQ(json["reason"], context.reason);
  EXPECT_TRUE(json["cpu_us_a_tick"].is_null());
  EXPECT_EQ(json["events"].size(), 1U);
}

TEST(Plot, shows_what_was_measured_and_escapes_its_title) {
  const std::string svg = plot_svg(measured(), "timing of <here> & now");
  EXPECT_NE(svg.find("timing of &lt;here&gt; &amp; now"), std::string::npos);
  EXPECT_NE(svg.find("max 3500.0 us"), std::string::npos);
  EXPECT_NE(svg.find("<polyline"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST(Plot, of_nothing_is_still_a_picture) {
  const std::string svg = plot_svg(Measurement(period), "nothing");
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

}  // namespace
}  // namespace strowger::timing
