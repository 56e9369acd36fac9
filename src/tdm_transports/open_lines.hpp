// Opens the lines of configured spans, for whoever moves them (ss7_trunk::LinkBank, LineMover).
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "tdm/config.hpp"
#include "tdm/span_line.hpp"
#include "tdm_transports/dahdi_device.hpp"

namespace strowger::tdm_transports {

/// One line for each span, in their order: `loop` spans are joined to their peer (a span without
/// one, or that is its own, hears itself), `udp` ones are bundles of their channels in the order of
/// timeslots, `dahdi` ones are read through `device`, which outlives them. By a normal thread,
/// which may hand them to another before the first tick. The error is a sentence that says what to
/// do.
[[nodiscard]] core::Result<std::vector<tdm::SpanLine>, std::string> open_lines(
    const tdm::TdmConfig& config, DahdiDevice& device);

/// What is wrong with the transports of a configuration, a sentence each: so that it can be judged
/// without opening anything.
[[nodiscard]] std::vector<std::string> faults_of_transports(const tdm::TdmConfig& config);

}  // namespace strowger::tdm_transports
