#include "sip/headers_table.hpp"

#include <algorithm>
#include <array>

#include "sip/parse_text.hpp"

namespace strowger::sip {
namespace {

constexpr std::array<std::string_view, 15> method_names{
    "",      "INVITE", "ACK",     "BYE",       "CANCEL", "OPTIONS", "REGISTER", "INFO",
    "PRACK", "UPDATE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER",   "PUBLISH"};

struct HeaderRow {
  HeaderName name;
  std::string_view text;
  char compact;  // 0: none is registered
};

// The registry of header fields, as far as the exchange speaks of them. RFC 3261 clause 20; compact
// forms of RFC 3515, 3892, 4028 and 6665 beside those of clause 7.3.3.
constexpr std::array<HeaderRow, header_name_count> header_rows{{
    {HeaderName::other, "", 0},
    {HeaderName::accept, "Accept", 0},
    {HeaderName::accept_encoding, "Accept-Encoding", 0},
    {HeaderName::accept_language, "Accept-Language", 0},
    {HeaderName::alert_info, "Alert-Info", 0},
    {HeaderName::allow, "Allow", 0},
    {HeaderName::allow_events, "Allow-Events", 'u'},
    {HeaderName::authentication_info, "Authentication-Info", 0},
    {HeaderName::authorization, "Authorization", 0},
    {HeaderName::call_id, "Call-ID", 'i'},
    {HeaderName::call_info, "Call-Info", 0},
    {HeaderName::contact, "Contact", 'm'},
    {HeaderName::content_disposition, "Content-Disposition", 0},
    {HeaderName::content_encoding, "Content-Encoding", 'e'},
    {HeaderName::content_language, "Content-Language", 0},
    {HeaderName::content_length, "Content-Length", 'l'},
    {HeaderName::content_type, "Content-Type", 'c'},
    {HeaderName::cseq, "CSeq", 0},
    {HeaderName::date, "Date", 0},
    {HeaderName::diversion, "Diversion", 0},
    {HeaderName::error_info, "Error-Info", 0},
    {HeaderName::event, "Event", 'o'},
    {HeaderName::expires, "Expires", 0},
    {HeaderName::from, "From", 'f'},
    {HeaderName::history_info, "History-Info", 0},
    {HeaderName::in_reply_to, "In-Reply-To", 0},
    {HeaderName::max_forwards, "Max-Forwards", 0},
    {HeaderName::mime_version, "MIME-Version", 0},
    {HeaderName::min_expires, "Min-Expires", 0},
    {HeaderName::min_se, "Min-SE", 0},
    {HeaderName::organization, "Organization", 0},
    {HeaderName::p_asserted_identity, "P-Asserted-Identity", 0},
    {HeaderName::p_preferred_identity, "P-Preferred-Identity", 0},
    {HeaderName::path, "Path", 0},
    {HeaderName::priority, "Priority", 0},
    {HeaderName::privacy, "Privacy", 0},
    {HeaderName::proxy_authenticate, "Proxy-Authenticate", 0},
    {HeaderName::proxy_authorization, "Proxy-Authorization", 0},
    {HeaderName::proxy_require, "Proxy-Require", 0},
    {HeaderName::rack, "RAck", 0},
    {HeaderName::reason, "Reason", 0},
    {HeaderName::record_route, "Record-Route", 0},
    {HeaderName::refer_to, "Refer-To", 'r'},
    {HeaderName::referred_by, "Referred-By", 'b'},
    {HeaderName::remote_party_id, "Remote-Party-ID", 0},
    {HeaderName::replaces, "Replaces", 0},
    {HeaderName::reply_to, "Reply-To", 0},
    {HeaderName::require, "Require", 0},
    {HeaderName::retry_after, "Retry-After", 0},
    {HeaderName::route, "Route", 0},
    {HeaderName::rseq, "RSeq", 0},
    {HeaderName::server, "Server", 0},
    {HeaderName::service_route, "Service-Route", 0},
    {HeaderName::session_expires, "Session-Expires", 'x'},
    {HeaderName::subject, "Subject", 's'},
    {HeaderName::subscription_state, "Subscription-State", 0},
    {HeaderName::supported, "Supported", 'k'},
    {HeaderName::timestamp, "Timestamp", 0},
    {HeaderName::to, "To", 't'},
    {HeaderName::unsupported, "Unsupported", 0},
    {HeaderName::user_agent, "User-Agent", 0},
    {HeaderName::via, "Via", 'v'},
    {HeaderName::warning, "Warning", 0},
    {HeaderName::www_authenticate, "WWW-Authenticate", 0},
}};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < header_rows.size(); ++i) {
    if (static_cast<std::size_t>(header_rows[i].name) != i) {
      return false;
    }
  }
  return true;
}
static_assert(rows_stand_in_order());

constexpr char folded(char c) {
  return static_cast<char>(static_cast<unsigned char>(c) | 0x20U);
}

// A perfect hash: length, first, middle and last letter tell all rows apart with the multipliers
// that find_multiplier finds at compile time.
constexpr std::size_t hash_slots = 256;
constexpr std::size_t hash_of(std::string_view text, std::uint32_t multiplier) {
  const auto letter = [text](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(folded(text[at])));
  };
  const std::uint32_t mixed = static_cast<std::uint32_t>(text.size()) + (letter(0) << 6U) +
                              (letter(text.size() / 2) << 12U) + (letter(text.size() - 1) << 18U);
  return (mixed * multiplier) >> 24U;
}

constexpr bool multiplier_is_perfect(std::uint32_t multiplier) {
  std::array<bool, hash_slots> taken{};
  for (std::size_t i = 1; i < header_rows.size(); ++i) {
    bool& slot = taken[hash_of(header_rows[i].text, multiplier)];
    if (slot) {
      return false;
    }
    slot = true;
  }
  return true;
}

constexpr std::uint32_t find_multiplier() {
  std::uint32_t multiplier = 0x9E3779B1U;
  while (!multiplier_is_perfect(multiplier)) {
    multiplier = multiplier * 1'664'525U + 1'013'904'223U;
  }
  return multiplier;
}
constexpr std::uint32_t hash_multiplier = find_multiplier();

struct Lookup {
  std::array<std::uint8_t, hash_slots> by_hash{};
  std::array<HeaderName, 32> by_letter{};  // compact forms: letter & 31
};

constexpr Lookup make_lookup() {
  Lookup lookup;
  for (std::size_t i = 1; i < header_rows.size(); ++i) {
    const HeaderRow& row = header_rows[i];
    lookup.by_hash[hash_of(row.text, hash_multiplier)] = static_cast<std::uint8_t>(i);
    if (row.compact != 0) {
      lookup.by_letter[static_cast<unsigned char>(row.compact) & 31U] = row.name;
    }
  }
  return lookup;
}
constexpr Lookup lookup_table = make_lookup();

struct ReasonRow {
  std::uint16_t status;
  std::string_view phrase;
};
constexpr std::array reason_rows = std::to_array<ReasonRow>({
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},
    {200, "OK"},
    {202, "Accepted"},
    {204, "No Notification"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {417, "Unknown Resource-Priority"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {428, "Use Identity Header"},
    {429, "Provide Referrer Identity"},
    {430, "Flow Failed"},
    {433, "Anonymity Disallowed"},
    {439, "First Hop Lacks Outbound Support"},
    {440, "Max-Breadth Exceeded"},
    {469, "Bad Info Package"},
    {470, "Consent Needed"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {494, "Security Agreement Required"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {580, "Precondition Failure"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
    {607, "Unwanted"},
    {608, "Rejected"},
});

}  // namespace

std::string_view to_string(Method method) {
  return method_names[static_cast<std::size_t>(method)];
}

Method method_of(std::string_view text) {
  for (std::size_t i = 1; i < method_names.size(); ++i) {
    if (method_names[i] == text) {
      return static_cast<Method>(i);
    }
  }
  return Method::extension;
}

std::string_view to_string(HeaderName name) {
  return header_rows[static_cast<std::size_t>(name)].text;
}

HeaderName header_name_of(std::string_view text) {
  if (text.empty()) {
    return HeaderName::other;
  }
  if (text.size() == 1) {
    const bool letter = lower(text[0]) >= 'a' && lower(text[0]) <= 'z';
    return letter ? lookup_table.by_letter[static_cast<unsigned char>(text[0]) & 31U]
                  : HeaderName::other;
  }
  const HeaderRow& row = header_rows[lookup_table.by_hash[hash_of(text, hash_multiplier)]];
  if (row.text.size() != text.size()) {
    return HeaderName::other;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lower(row.text[i])) {
      return HeaderName::other;
    }
  }
  return row.name;
}

std::string_view reason_phrase_of(std::uint16_t status) {
  const auto* const row = std::lower_bound(
      reason_rows.begin(), reason_rows.end(), status,
      [](const ReasonRow& left, std::uint16_t right) { return left.status < right; });
  if (row != reason_rows.end() && row->status == status) {
    return row->phrase;
  }
  constexpr std::array<std::string_view, 8> of_class{
      "Unknown",         "Progress",       "Success",        "Redirection",
      "Request Failure", "Server Failure", "Global Failure", "Unknown"};
  return of_class[std::min<std::size_t>(status / 100U, of_class.size() - 1)];
}

}  // namespace strowger::sip
