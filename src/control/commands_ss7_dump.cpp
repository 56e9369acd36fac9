#include "control/commands_ss7_dump.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace strowger::control {
namespace {

using ss7_trunk::CaptureOptions;
using ss7_trunk::TrunkService;
using ss7_trunk::UnitFilter;

constexpr const char* usage =
    "Usage: ss7 dump start FILE [LINK] [in|out|both] [fisu] [lssu] [msu] [type140]";

struct Word {
  std::string_view word;
  std::uint8_t bits;
};
constexpr std::array<Word, 3> directions{
    {{"in", UnitFilter::in}, {"out", UnitFilter::out}, {"both", UnitFilter::in | UnitFilter::out}}};
constexpr std::array<Word, 3> types{
    {{"fisu", UnitFilter::fill_in}, {"lssu", UnitFilter::status}, {"msu", UnitFilter::message}}};

std::optional<std::uint8_t> bits_of(std::string_view word, const std::array<Word, 3>& words) {
  for (const Word& known : words) {
    if (known.word == word) {
      return known.bits;
    }
  }
  return std::nullopt;
}

/// "in msu", as it was asked for.
std::string filter_text(UnitFilter filter) {
  std::string text = filter.has(UnitFilter::in | UnitFilter::out) ? "both"
                     : filter.has(UnitFilter::in)                 ? "in"
                                                                  : "out";
  for (const Word& type : types) {
    text += filter.has(type.bits) ? " " + std::string(type.word) : "";
  }
  return text;
}

/// Nothing where a word means nothing.
std::optional<CaptureOptions> options_of(const TrunkService& service,
                                         const std::vector<std::string>& words) {
  CaptureOptions options;
  options.filter.bits = 0;
  options.path = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (const auto direction = bits_of(words[i], directions)) {
      options.filter.bits |= *direction;
    } else if (const auto type = bits_of(words[i], types)) {
      options.filter.bits |= *type;
    } else if (words[i] == "type140") {
      options.type = ss7::mtp2::CaptureType::plain;
    } else if (const auto link = service.find_link(words[i]); link && !options.link) {
      options.link = link;
    } else {
      return std::nullopt;
    }
  }
  constexpr std::uint8_t all_types = UnitFilter::fill_in | UnitFilter::status | UnitFilter::message;
  constexpr std::uint8_t both = UnitFilter::in | UnitFilter::out;
  options.filter.bits |= (options.filter.bits & both) == 0 ? both : std::uint8_t{0};
  options.filter.bits |= (options.filter.bits & all_types) == 0 ? all_types : std::uint8_t{0};
  return options;
}

void start(TrunkService& service, const std::string& folder, Invocation& in) {
  auto options = in.arguments.empty() ? std::nullopt : options_of(service, in.arguments);
  if (!options) {
    in.output.fail(usage, 2);
    return;
  }
  if (options->path.front() != '/') {
    options->path = folder + "/" + options->path;
  }
  if (const auto started = service.capture().start(*options); !started) {
    in.output.fail(started.error());
    return;
  }
  in.output.line("Units go to " + options->path + " until ss7 dump stop");
}

void show(TrunkService& service, Invocation& in) {
  const auto status = service.capture().status();
  in.output.fact("Running", "running", status.running);
  if (status.options.path.empty()) {
    return;
  }
  in.output.fact("File", "file", status.options.path);
  in.output.fact("Units of", "units_of", filter_text(status.options.filter));
  in.output.fact("Link", "link",
                 status.options.link ? service.links()[status.options.link->value()].name
                                     : std::string("all"));
  in.output.fact("Units written", "units", static_cast<std::int64_t>(status.units));
  in.output.fact("Units lost", "lost", static_cast<std::int64_t>(status.lost));
  if (!status.failure.empty()) {
    in.output.fact("Ended by itself", "failure", status.failure);
  }
}

void stop(TrunkService& service, Invocation& in) {
  const std::string word = in.arguments.empty() ? "both" : in.arguments.front();
  const auto direction = bits_of(word, directions);
  if (!direction) {
    in.output.fail("Usage: ss7 dump stop [in|out|both]", 2);
    return;
  }
  service.capture().stop(*direction);
  show(service, in);
}

}  // namespace

void add_ss7_dump_commands(CommandTable& table, Administration& administration) {
  auto* admin = &administration;
  const auto with = [admin](auto function) {
    return [admin, function](Invocation& in) {
      if (admin->trunks == nullptr) {
        in.output.fail("There are no signalling links: ss7.conf has none");
        return;
      }
      function(*admin->trunks, in);
    };
  };
  const auto words = [](const std::vector<std::string>& given) {
    return given.empty()
               ? std::vector<std::string>()
               : std::vector<std::string>{"in", "out", "both", "fisu", "lssu", "msu", "type140"};
  };
  table.add({"ss7 dump start", "FILE [LINK] [in|out|both] [fisu] [lssu] [msu] [type140]",
             "Writes units of level 2 to a pcap file (link type 139, or 140).",
             with([admin](TrunkService& service, Invocation& in) {
               start(service, admin->data_folder, in);
             }),
             words});
  table.add({"ss7 dump stop", "[in|out|both]", "Ends a dump, or one direction of it.",
             with([](TrunkService& service, Invocation& in) { stop(service, in); }),
             [](const std::vector<std::string>&) {
               return std::vector<std::string>{"in", "out", "both"};
             }});
  table.add({"ss7 dump status", "", "Says what is being dumped.",
             with([](TrunkService& service, Invocation& in) { show(service, in); }), nullptr});
}

}  // namespace strowger::control
