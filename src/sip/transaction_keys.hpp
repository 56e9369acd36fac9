// What transactions are matched by. Client branches carry their handle, so that a response finds
// its transaction without a search; server transactions are found by a text of all that RFC 3261
// clause 17.2.3 compares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message.hpp"
#include "sip/transaction.hpp"

namespace strowger::sip {

/// "z9hG4bK" (clause 8.1.1.7), the handle, and chance, so that nobody can guess a branch.
[[nodiscard]] std::string branch_of(TransactionHandle handle, std::uint32_t chance);
[[nodiscard]] std::optional<TransactionHandle> handle_of_branch(std::string_view branch);

/// The same for dialogs: a tag that carries the handle of its call.
[[nodiscard]] std::string tag_of(CallHandle call, std::uint32_t chance);
[[nodiscard]] std::optional<CallHandle> call_of_tag(std::string_view tag);

/// Clause 17.2.3: branch, sent-by and method; or for RFC 2543 request URI, From tag, Call-ID,
/// CSeq number and top Via. The To tag is left out of the latter: an ACK carries the one that the
/// response gave, and all else being equal it can't differ otherwise.
[[nodiscard]] std::string server_key(const Message& request, const Via& via, Method method);
/// Clause 8.2.2.2: From tag, Call-ID and CSeq.
[[nodiscard]] std::string merge_key(const Message& request);

}  // namespace strowger::sip
