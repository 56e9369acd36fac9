#include "timing/tick_source.hpp"

#include <array>
#include <cstring>

namespace strowger::timing {
namespace {

constexpr std::array kinds{SourceKind::timerfd, SourceKind::nanosleep, SourceKind::hybrid,
                           SourceKind::dahdi, SourceKind::external};

}  // namespace

const char* to_string(SourceKind kind) {
  switch (kind) {
    case SourceKind::timerfd:
      return "timerfd";
    case SourceKind::nanosleep:
      return "nanosleep";
    case SourceKind::hybrid:
      return "hybrid";
    case SourceKind::dahdi:
      return "dahdi";
    case SourceKind::external:
      return "external";
  }
  return "?";
}

std::optional<SourceKind> source_named(const std::string& name) {
  for (const SourceKind kind : kinds) {
    if (name == to_string(kind)) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string SourceRefusal::message() const {
  return error == 0 ? std::string(what) : std::string(what) + ": " + std::strerror(error);
}

}  // namespace strowger::timing
