// Lines and signalling links of a running program: the bank, its real-time thread, the desk's
// thread, the test user and the capture. Made and destroyed by one thread; all else may be called
// from any normal thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "ss7_trunk/capture_writer.hpp"
#include "ss7_trunk/link_bank.hpp"
#include "ss7_trunk/link_desk.hpp"
#include "ss7_trunk/mtp_thread.hpp"
#include "ss7_trunk/ss7_config.hpp"
#include "ss7_trunk/test_user.hpp"
#include "tdm/config.hpp"
#include "tdm/span_line.hpp"

namespace strowger::ss7_trunk {

struct TrunkServiceConfig {
  tdm::TdmConfig tdm;
  std::vector<tdm::SpanLine> lines;  // one for each span, in the same order
  Ss7Config ss7;
  MtpThreadConfig thread;
  LinkDeskConfig desk;
  /// Told of the alarms of a span, on the mtp thread: may neither wait nor allocate; false: tell
  /// me again. Empty: nobody.
  std::function<bool(std::size_t span, tdm::Alarms alarms)> on_alarms;
  base::Logger log;
};

class TrunkService {
 public:
  /// Starts the threads; links that align at start begin to. Throws std::runtime_error with a
  /// sentence where a link has no timeslot, or no source of ticks works.
  explicit TrunkService(TrunkServiceConfig config);
  ~TrunkService();
  TrunkService(const TrunkService&) = delete;
  TrunkService& operator=(const TrunkService&) = delete;

  [[nodiscard]] const tdm::TdmConfig& tdm() const { return config_.tdm; }
  [[nodiscard]] const std::vector<LinkConfig>& links() const { return config_.ss7.links; }
  [[nodiscard]] std::optional<LinkNumber> find_link(std::string_view name) const;
  [[nodiscard]] LineFigures line_figures(std::size_t span) const {
    return bank_.line_figures(span);
  }
  [[nodiscard]] LinkDesk& desk() { return *desk_; }
  [[nodiscard]] TestUser& test() { return test_; }
  [[nodiscard]] CaptureWriter& capture() { return *capture_; }
  [[nodiscard]] const MtpThread& thread() const { return *thread_; }

 private:
  /// Passes on to the test user, and writes changes to the log.
  class Announcer;
  class Alarms;
  void set_up();
  bool place(const LinkConfig& link, tdm::SpanLine& line, std::size_t span, std::size_t channel);
  void run();
  void pause();

  TrunkServiceConfig config_;
  std::vector<std::unique_ptr<Alarms>> alarms_;
  LinkBank bank_;
  TestUser test_;
  std::unique_ptr<Announcer> announcer_;
  std::unique_ptr<LinkDesk> desk_;
  std::unique_ptr<MtpThread> thread_;
  std::unique_ptr<CaptureWriter> capture_;
  std::atomic<bool> stop_{false};
  std::thread desk_thread_;
};

}  // namespace strowger::ss7_trunk
