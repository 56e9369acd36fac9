// extensions.conf to Dialplan, with every error and doubt of the file, each by file and line. Pure;
// the file is read by base::read_conf.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/conf.hpp"
#include "exchange/dialplan/dialplan.hpp"

namespace strowger::exchange::dialplan {

struct LoadOptions {
  /// Names that may stand as applications, in any case. Empty: not checked.
  std::vector<std::string_view> applications;
};

struct Loaded {
  std::shared_ptr<const Dialplan> dialplan;  // null where there are errors
  std::vector<base::ConfError> errors;       // malformed lines, unknown applications and keys
  std::vector<base::ConfError> warnings;     // goto to nowhere, include of nothing, unused `same`
};

[[nodiscard]] Loaded load_dialplan(const base::ConfFile& file, const LoadOptions& options);

}  // namespace strowger::exchange::dialplan
