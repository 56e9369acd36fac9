// Call records: one for each pair of legs, with the fields of Asterisk's CDR and what else is known
// about the call. Made by calls at their end, handed to a sink that never makes them wait.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "exchange/cause.hpp"
#include "media/service.hpp"

namespace strowger::exchange::records {

enum class Disposition : std::uint8_t { no_answer, failed, busy, answered, congestion };
/// "NO ANSWER", "FAILED", "BUSY", "ANSWERED", "CONGESTION", as Asterisk writes them.
[[nodiscard]] std::string_view to_string(Disposition disposition);

/// What one leg of the pair was.
struct RecordedLeg {
  std::string channel;  // "SIP/alice-00000012"; empty: there was no such leg
  std::string unique_id;
  std::string protocol_call_id;  // SIP Call-ID
  std::string remote_address;
  std::string user_agent;
  Cause cause = Cause::none;  // why this leg ended
  media::Quality quality;
};

struct CallRecord {
  std::string account_code;
  std::string source;       // caller's number
  std::string destination;  // extension dialled
  std::string destination_context;
  std::string caller_id;  // "\"Name\" <number>"
  std::string last_application;
  std::string last_data;
  core::WallTime start;
  std::optional<core::WallTime> answer;
  core::WallTime end;
  Disposition disposition = Disposition::no_answer;
  std::string ama_flags = "DOCUMENTATION";
  std::string user_field;
  std::string unique_id;       // of the first leg
  std::string linked_id;       // of the first leg of the call as a whole
  std::uint32_t sequence = 0;  // of the record within the call, from 0
  std::string peer_account;
  Cause cause = Cause::none;  // Q.850: why the pair ended
  bool ended_by_caller = false;
  RecordedLeg caller;
  RecordedLeg callee;

  /// Whole seconds from start to end, and from answer to end (0 without answer), never negative.
  [[nodiscard]] std::int64_t duration_seconds() const;
  [[nodiscard]] std::int64_t billable_seconds() const;
};

/// Where records go. Any normal thread; `write` returns at once.
class RecordSink {
 public:
  RecordSink() = default;
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;
  virtual ~RecordSink() = default;
  virtual void write(const CallRecord& record) = 0;
};

/// "2026-11-24T13:45:35.123Z"
[[nodiscard]] std::string rfc3339(core::WallTime when);

/// One line of JSON without the newline: every field by Asterisk's name ("src", "dst", "dcontext",
/// "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end", "duration",
/// "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "linkedid",
/// "sequence", "peeraccount"), and "cause", "cause_text", "ended_by", "caller", "callee". Times are
/// RFC 3339 in UTC with milliseconds; octets that are no UTF-8 are replaced.
[[nodiscard]] std::string to_json_line(const CallRecord& record);

/// Hands every record to each of several sinks, which must outlive it.
class Fanout final : public RecordSink {
 public:
  explicit Fanout(std::vector<RecordSink*> sinks) : sinks_(std::move(sinks)) {}
  void write(const CallRecord& record) override;

 private:
  std::vector<RecordSink*> sinks_;
};

}  // namespace strowger::exchange::records
