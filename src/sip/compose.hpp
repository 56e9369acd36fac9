// Builds every message that the engine sends. Each function writes into one room of 64 KiB and
// gives a view of it that holds until the next; empty where the message would be too long or a
// value may not stand in a header (counted by the caller).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/octets.hpp"
#include "sip/engine_types.hpp"
#include "sip/message.hpp"
#include "sip/settings.hpp"
#include "sip/writer.hpp"

namespace strowger::sip {

/// The methods that we take, for Allow.
inline constexpr std::string_view allowed_methods =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER";
/// Option tags for Supported (RFC 3327).
inline constexpr std::string_view supported_extensions = "path";

struct ResponseParts {
  std::string_view to_tag{};  // where the request has none
  std::string_view phrase{};  // empty: the usual one
  bool contact = false;
  bool record_route = false;  // 1xx and 2xx that make a dialog (clause 12.1.1)
  bool allow = false;
  std::span<const ExtraHeader> headers{};
  std::string_view content_type{};
  std::string_view body{};
};

struct RequestParts {
  std::string_view uri{};
  std::string_view branch{};
  std::string_view from{};  // header values whole, with their tags
  std::string_view to{};
  std::string_view call_id{};
  std::uint32_t cseq = 0;
  std::span<const std::string> routes{};
  bool contact = false;
  bool allow = false;
  ExtraHeader authorization{};  // name empty: none
  std::span<const ExtraHeader> headers{};
  std::string_view content_type{};
  std::string_view body{};
};

class Composer {
 public:
  Composer();

  void configure(std::shared_ptr<const Settings> settings) { settings_ = std::move(settings); }

  /// `flow` is where the response goes: it fills received and rport in the top Via (clause
  /// 18.2.1, RFC 3581 clause 4).
  std::string_view response(const Message& request, std::uint16_t status, const Flow& flow,
                            const ResponseParts& parts);
  std::string_view request(Method method, const Flow& flow, const RequestParts& parts);
  /// ACK for a final response other than 2xx (clause 17.1.1.3).
  std::string_view ack_of_failure(std::string_view invite, const Message& response);
  /// CANCEL for a pending INVITE (clause 9.1).
  std::string_view cancel(std::string_view invite, std::string_view reason);

 private:
  void write_first_via(MessageWriter& writer, const Message& request, const Flow& flow) const;
  void write_vias(MessageWriter& writer, const Message& request, const Flow& flow) const;
  void write_contact(MessageWriter& writer, const Flow& flow) const;
  static std::string_view finish(MessageWriter& writer, std::string_view content_type,
                                 std::string_view body);

  std::shared_ptr<const Settings> settings_;
  std::vector<core::Octet> room_;
};

/// A header value without its folds, as a string.
[[nodiscard]] std::string unfolded(std::string_view value);

}  // namespace strowger::sip
