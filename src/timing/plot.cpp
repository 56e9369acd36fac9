#include "timing/plot.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace strowger::timing {
namespace {

constexpr double left = 90;
constexpr double right = 880;
constexpr const char* ink = "#222";
constexpr const char* grid = "#ddd";
constexpr const char* blue = "#2b6cb0";
constexpr const char* red = "#c53030";

using Text = std::back_insert_iterator<std::string>;

/// From a decade to a decade, onto a stretch of pixels.
struct Scale {
  int from = 0;
  int to = 1;
  double begin = 0;
  double end = 1;

  [[nodiscard]] double at(double value) const {
    const double log = value <= 0 ? from : std::log10(value);
    const double share = (std::clamp(log, double(from), double(to)) - from) / (to - from);
    return begin + (end - begin) * share;
  }
};

std::string escape(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    safe += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return safe;
}

std::string lateness_label(int decade) {
  constexpr const char* names[] = {"0.1 us", "1 us",   "10 us", "100 us", "1 ms",
                                   "10 ms",  "100 ms", "1 s",   "10 s",   "100 s"};
  const int at = decade + 1;
  return at >= 0 && at < int(std::size(names)) ? names[at] : "";
}

int decade_above(double value) {
  return value <= 1 ? 1 : int(std::ceil(std::log10(value) + 1e-9));
}

void text_at(Text out, double x, double y, const char* anchor, int size, const std::string& text) {
  fmt::format_to(
      out,
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"{}\" "
      "fill=\"{}\" stroke=\"#fff\" stroke-width=\"4\" paint-order=\"stroke\">{}</text>\n",
      x, y, anchor, size, ink, escape(text));
}

void line(Text out, double x1, double y1, double x2, double y2, const char* colour,
          const char* dash = "") {
  fmt::format_to(out,
                 "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" "
                 "stroke-dasharray=\"{}\"/>\n",
                 x1, y1, x2, y2, colour, dash);
}

/// A percentile of the distribution: a dashed line, its name at a height of its own so that close
/// ones stay readable.
void mark(Text out, const Scale& x, double top, double bottom, int row, const char* name,
          core::Duration value) {
  const double us = static_cast<double>(value.ns) * 1e-3;
  const double at = x.at(us);
  line(out, at, top, at, bottom, red, "4 3");
  const bool crowded = at > right - 110;
  text_at(out, crowded ? at - 4 : at + 4, top + 14 + row * 15, crowded ? "end" : "start", 12,
          fmt::format("{} {:.1f} us", name, us));
}

void histogram_panel(Text out, const Measurement& measurement) {
  constexpr double top = 96;
  constexpr double bottom = 340;
  const Histogram& late = measurement.lateness();
  const Scale x{-1, decade_above(static_cast<double>(late.max().ns) * 1e-3), left, right};
  const Scale y{0, decade_above(static_cast<double>(late.count())), bottom, top};
  text_at(out, left, top - 8, "start", 14, "How many ticks were how late");
  for (int decade = x.from; decade <= x.to; ++decade) {
    const double at = x.at(std::pow(10.0, decade));
    line(out, at, top, at, bottom, grid);
    text_at(out, at, bottom + 18, "middle", 12, lateness_label(decade));
  }
  for (int decade = y.from; decade <= y.to; ++decade) {
    const double at = y.at(std::pow(10.0, decade));
    line(out, left, at, right, at, grid);
    text_at(out, left - 8, at + 4, "end", 12,
            fmt::format("{}", std::llround(std::pow(10, decade))));
  }
  // Twelve bars a decade; the first holds all that was earlier than 0.1 us.
  constexpr int bars = 12;
  double from = 0;
  for (int i = 1; i <= (x.to - x.from) * bars; ++i) {
    const double to = std::pow(10.0, x.from + double(i) / bars);
    const auto ns = [](double us) { return core::nanoseconds(std::llround(us * 1e3)); };
    const std::uint64_t count = late.between(ns(from), ns(to));
    if (count > 0) {
      // A single tick stands on the axis with a little height, or it could not be seen.
      const double height = std::max(bottom - y.at(static_cast<double>(count)), 3.0);
      const double begin = i == 1 ? left : x.at(from);
      fmt::format_to(out,
                     "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                     "fill=\"{}\"/>\n",
                     begin, bottom - height, std::max(x.at(to) - begin - 1, 1.0), height, blue);
    }
    from = to;
  }
  mark(out, x, top, bottom, 0, "p50", late.quantile(0.5));
  mark(out, x, top, bottom, 1, "p99", late.quantile(0.99));
  mark(out, x, top, bottom, 2, "p99.9", late.quantile(0.999));
  mark(out, x, top, bottom, 3, "max", late.max());
}

double nice_step(double length, double steps) {
  const double rough = std::max(length / steps, 1e-3);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double times = rough / power;
  return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
}

void timeline_panel(Text out, const Measurement& measurement) {
  constexpr double top = 404;
  constexpr double bottom = 600;
  const auto& columns = measurement.timeline().columns();
  const double seconds = std::max(static_cast<double>(measurement.length().ns) * 1e-9, 1e-3);
  const Scale y{-1, decade_above(static_cast<double>(measurement.lateness().max().ns) * 1e-3),
                bottom, top};
  text_at(out, left, top - 8, "start", 14, "Lateness over time: worst (red) and mean (blue)");
  for (int decade = y.from; decade <= y.to; ++decade) {
    const double at = y.at(std::pow(10.0, decade));
    line(out, left, at, right, at, grid);
    text_at(out, left - 8, at + 4, "end", 12, lateness_label(decade));
  }
  const double step = nice_step(seconds, 8);
  for (int i = 0; i * step <= seconds; ++i) {
    const double at = left + (right - left) * i * step / seconds;
    line(out, at, top, at, bottom, grid);
    text_at(out, at, bottom + 18, "middle", 12, fmt::format("{:g} s", i * step));
  }
  if (columns.empty()) {
    return;
  }
  std::string worst;
  std::string mean;
  for (const Timeline::Column& column : columns) {
    const double at = static_cast<double>((column.begin - columns.front().begin).ns) * 1e-9;
    const double x = left + (right - left) * std::min(at / seconds, 1.0);
    const auto us = [](core::Duration d) { return static_cast<double>(d.ns) * 1e-3; };
    worst += fmt::format("{:.1f},{:.1f} ", x, y.at(us(column.max)));
    mean += fmt::format("{:.1f},{:.1f} ", x,
                        y.at(us(column.sum / static_cast<std::int64_t>(column.count))));
  }
  fmt::format_to(out, "<polyline fill=\"none\" stroke=\"{}\" points=\"{}\"/>\n", red, worst);
  fmt::format_to(out, "<polyline fill=\"none\" stroke=\"{}\" points=\"{}\"/>\n", blue, mean);
}

}  // namespace

std::string plot_svg(const Measurement& measurement, const std::string& title) {
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"660\" "
      "viewBox=\"0 0 900 660\" font-family=\"sans-serif\">\n"
      "<rect width=\"900\" height=\"660\" fill=\"#fff\"/>\n";
  const Text out = std::back_inserter(svg);
  text_at(out, left, 32, "start", 18, title);
  text_at(out, left, 52, "start", 13,
          fmt::format("{:.1f} s, {} ticks, {} missed, {} catch-up bursts",
                      static_cast<double>(measurement.length().ns) * 1e-9,
                      measurement.lateness().count(), measurement.missed(), measurement.bursts()));
  histogram_panel(out, measurement);
  timeline_panel(out, measurement);
  return svg + "</svg>\n";
}

}  // namespace strowger::timing
