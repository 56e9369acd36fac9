// Spans and signalling links of a running exchange: lines opened, the mtp thread, the spans' own
// signalling threads.
#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "core/result.hpp"
#include "exchange/configuration/configuration.hpp"
#include "ss7_trunk/trunk_service.hpp"
#include "tdm/trunks.hpp"
#include "tdm_transports/dahdi_device.hpp"

namespace strowger::app {

/// Starts and ends on the main thread.
class RunningTrunks {
 public:
  /// The error is a sentence that says what to do.
  [[nodiscard]] static core::Result<std::unique_ptr<RunningTrunks>, std::string> start(
      const exchange::Configuration& configuration, const base::Log& log);
  ~RunningTrunks();
  RunningTrunks(const RunningTrunks&) = delete;
  RunningTrunks& operator=(const RunningTrunks&) = delete;

  [[nodiscard]] ss7_trunk::TrunkService& service() { return *service_; }
  [[nodiscard]] tdm::Trunks& spans() { return *spans_; }

 private:
  /// Until calls of spans have a driver: what comes in is turned away.
  class Refuser;
  RunningTrunks();
  core::Result<void, std::string> open(const exchange::Configuration& configuration,
                                       const base::Log& log);

  tdm_transports::RealDahdiDevice device_;
  std::unique_ptr<Refuser> refuser_;
  std::unique_ptr<tdm::Trunks> spans_;
  std::unique_ptr<ss7_trunk::TrunkService> service_;
};

}  // namespace strowger::app
