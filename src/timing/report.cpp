#include <fmt/format.h>

#include "timing/measurement.hpp"

namespace strowger::timing {
namespace {

double in_us(core::Duration d) {
  return static_cast<double>(d.ns) * 1e-3;
}

std::string line_of(const char* name, const Histogram& histogram) {
  return fmt::format("{:<10} {:>10.1f} {:>10.1f} {:>10.1f} {:>10.1f}   {:>9}\n", name,
                     in_us(histogram.quantile(0.5)), in_us(histogram.quantile(0.99)),
                     in_us(histogram.quantile(0.999)), in_us(histogram.max()), histogram.count());
}

std::string object_of(const Histogram& histogram) {
  return fmt::format(
      "{{\"count\":{},\"p50_us\":{:.3f},\"p99_us\":{:.3f},\"p999_us\":{:.3f},\"max_us\":{:.3f}}}",
      histogram.count(), in_us(histogram.quantile(0.5)), in_us(histogram.quantile(0.99)),
      in_us(histogram.quantile(0.999)), in_us(histogram.max()));
}

}  // namespace

std::string json_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string report_text(const Measurement& measurement, const ReportContext& context) {
  const AccuracyMeter::Summary accuracy = measurement.accuracy();
  std::string text = fmt::format(
      "--- Results after {} passes ---\n"
      "Best: {:.3f}% -- Worst: {:.3f}% -- Average: {:.6f}%, Difference: {:.6f}%\n"
      "Cumulative Accuracy (not per pass): {:.3f}%\n\n",
      accuracy.passes, accuracy.best, accuracy.worst, accuracy.average, accuracy.difference,
      accuracy.cumulative);
  text += fmt::format("what that hides, over {:.1f} s:\n",
                      static_cast<double>(measurement.length().ns) * 1e-9);
  text += fmt::format("{:<10} {:>10} {:>10} {:>10} {:>10}   {:>9}\n", "late by us", "p50", "p99",
                      "p99.9", "max", "number");
  text += line_of("ticks", measurement.lateness());
  text += line_of("wake-ups", measurement.wakeups());
  text += fmt::format(
      "missed {} ticks; {} catch-up bursts, the longest of {} ticks; {} ticks "
      "given up\n",
      measurement.missed(), measurement.bursts(), measurement.longest_burst(),
      measurement.skipped());
  if (context.cpu_us_a_tick >= 0) {
    text += fmt::format("CPU a tick: {:.2f} us\n", context.cpu_us_a_tick);
  }
  text += fmt::format("the ticking thread met {} page faults and was preempted {} times\n",
                      context.page_faults, context.preemptions);
  text += context.steal_percent < 0
              ? std::string("steal: not known\n")
              : fmt::format("steal: {:.2f} % of the processors' time\n", context.steal_percent);
  text += fmt::format("source: {}\nreal-time priority: {}\nload: {}\n", context.reason,
                      context.realtime ? "yes" : "no", context.load);
  if (measurement.lost() > 0) {
    text += fmt::format("{} samples were lost between the threads: the numbers are incomplete\n",
                        measurement.lost());
  }
  for (const std::string& event : context.events) {
    text += "noticed: " + event + "\n";
  }
  return context.remedy.empty() ? text : text + context.remedy + "\n";
}

std::string report_json(const Measurement& measurement, const ReportContext& context) {
  const AccuracyMeter::Summary accuracy = measurement.accuracy();
  std::string events;
  for (const std::string& event : context.events) {
    events += (events.empty() ? "" : ",") + json_string(event);
  }
  return fmt::format(
      "{{\"passes\":{},\"best_percent\":{:.6f},\"worst_percent\":{:.6f},"
      "\"average_percent\":{:.6f},\"difference_percent\":{:.6f},\"cumulative_percent\":{:.6f},"
      "\"seconds\":{:.3f},\"ticks\":{},\"wakeups\":{},\"missed\":{},\"bursts\":{},"
      "\"longest_burst\":{},\"given_up\":{},\"lost_samples\":{},\"cpu_us_a_tick\":{},"
      "\"steal_percent\":{},\"page_faults\":{},\"preemptions\":{},\"source\":{},\"reason\":{},"
      "\"load\":{},\"realtime\":{},"
      "\"remedy\":{},\"events\":[{}]}}",
      accuracy.passes, accuracy.best, accuracy.worst, accuracy.average, accuracy.difference,
      accuracy.cumulative, static_cast<double>(measurement.length().ns) * 1e-9,
      object_of(measurement.lateness()), object_of(measurement.wakeups()), measurement.missed(),
      measurement.bursts(), measurement.longest_burst(), measurement.skipped(), measurement.lost(),
      context.cpu_us_a_tick < 0 ? "null" : fmt::format("{:.3f}", context.cpu_us_a_tick),
      context.steal_percent < 0 ? "null" : fmt::format("{:.3f}", context.steal_percent),
      context.page_faults, context.preemptions, json_string(context.source),
      json_string(context.reason), json_string(context.load), context.realtime,
      json_string(context.remedy), events);
}

}  // namespace strowger::timing
