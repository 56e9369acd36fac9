// Call records as lines of JSON in a file that is turned over when it has grown: calls.jsonl, then
// calls.jsonl.1 (the newest of the old ones), .2 and so on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "database/batch_thread.hpp"
#include "exchange/records/record.hpp"

namespace strowger::exchange::records {

struct JsonLinesOptions {
  std::string path;
  std::uint64_t turn_over_octets = 64U << 20U;    // the file may be one batch larger
  unsigned old_files = 9;                         // kept; the oldest is deleted
  std::size_t queue_limit = 10'000;               // records that wait to be written
  core::Duration retry_after = core::seconds(1);  // while the disk is in trouble
  /// Told from the writing thread, in a sentence, once for each spell of trouble. May be empty.
  std::function<void(std::string_view)> on_trouble;
};

/// Formats and writes on a thread of its own. A record counts as written when the kernel has it
/// (after a power cut the last ones may be missing); a line is never torn by a full disk.
class JsonLines final : public RecordSink {
 public:
  /// Opens or creates the file; the error is a sentence that says what to do.
  [[nodiscard]] static core::Result<std::unique_ptr<JsonLines>, std::string> open(
      JsonLinesOptions options);
  /// Writes what waits.
  ~JsonLines() override;

  void write(const CallRecord& record) override;

  [[nodiscard]] std::uint64_t written() const { return written_; }
  /// Came while the queue was full: lost.
  [[nodiscard]] std::uint64_t refused() const { return thread_->counters().refused; }

 private:
  class File;
  using Thread = database::BatchThread<CallRecord>;

  JsonLines(JsonLinesOptions options, std::unique_ptr<File> file);
  bool write_batch(Thread::Batch& batch);

  const JsonLinesOptions options_;
  std::unique_ptr<File> file_;
  bool in_trouble_ = false;  // writing thread only
  std::atomic<std::uint64_t> written_{0};
  std::unique_ptr<Thread> thread_;  // last: it uses the others
};

}  // namespace strowger::exchange::records
