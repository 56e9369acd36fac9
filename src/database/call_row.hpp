// A call record as the database keeps it: plain columns, named as Asterisk's CDR where it has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace strowger::database {

/// What is kept of one leg of the pair.
struct CallLegRow {
  std::int64_t cause = 0;  // Q.850
  std::string call_id;     // the protocol's
  std::string address;
  std::string user_agent;
  std::int64_t packets_sent = 0;
  std::int64_t packets_received = 0;
  std::int64_t packets_lost = 0;
  double jitter_ms = 0;
  double round_trip_ms = 0;
  double mos = 0;  // 0: no media
};

/// Times are RFC 3339 in UTC with milliseconds, so that they sort as text.
struct CallRow {
  std::string start;
  std::optional<std::string> answer;
  std::string end;
  std::string src;
  std::string dst;
  std::string dcontext;
  std::string clid;
  std::string channel;
  std::string dstchannel;
  std::string lastapp;
  std::string lastdata;
  std::int64_t duration = 0;  // seconds
  std::int64_t billsec = 0;   // seconds
  std::string disposition;
  std::string amaflags;
  std::string accountcode;
  std::string peeraccount;
  std::string userfield;
  std::string uniqueid;
  std::string linkedid;
  std::int64_t sequence = 0;
  std::int64_t cause = 0;  // Q.850
  std::string ended_by;    // "caller" or "callee"
  CallLegRow caller;
  CallLegRow callee;
};

}  // namespace strowger::database
