// A SIP message (RFC 3261 clause 7) as an index over the octets it came in: nothing is copied and
// nothing allocates. Made by parse_message or StreamParser (sip/parse.hpp); judged by validate
// (sip/parse_validate.hpp).
//
// A Message views the octets it was parsed from, which must outlive it; `rebase` moves the views to
// a copy of those octets. It is about 1.2 KiB and trivially copied. One thread at a time.
// Header values are given as they stand, trimmed, folds within them kept; the typed getters read
// folds as white space, and `unfold` removes them for people.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/octets.hpp"
#include "core/result.hpp"
#include "sip/headers.hpp"
#include "sip/headers_table.hpp"
#include "sip/parse_error.hpp"

namespace strowger::sip {

inline constexpr std::size_t max_message_octets = 65'535;
inline constexpr std::size_t max_header_fields = 128;

/// One header line. `raw_name` is as it stood (perhaps the compact form).
struct HeaderField {
  HeaderName name = HeaderName::other;
  std::string_view raw_name;
  std::string_view value;
};

/// Why a typed getter has no value.
enum class HeaderError : std::uint8_t {
  missing,
  malformed,
  repeated,  // more than one where the grammar allows one
};
[[nodiscard]] const char* to_string(HeaderError error);

template <class T>
using Parsed = core::Result<T, HeaderError>;

class Message;

/// All elements of all fields of one name, in order: comma lists are cut, empty elements passed
/// over (RFC 3261 clause 7.3.1). For Authorization, Date and other headers whose commas are no
/// list, walk the fields instead.
class Elements {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = const std::string_view*;
    using reference = const std::string_view&;

    Iterator() = default;
    Iterator(const Message& message, HeaderName name);
    reference operator*() const { return element_; }
    pointer operator->() const { return &element_; }
    Iterator& operator++() {
      step();
      return *this;
    }
    bool operator==(const Iterator& other) const { return message_ == other.message_; }

   private:
    void step();

    const Message* message_ = nullptr;  // null at the end
    std::size_t next_field_ = 0;
    HeaderName name_ = HeaderName::other;
    std::string_view rest_;
    std::string_view element_;
  };
  Elements(const Message& message, HeaderName name) : message_(&message), name_(name) {}
  [[nodiscard]] Iterator begin() const { return {*message_, name_}; }
  [[nodiscard]] static Iterator end() { return {}; }
  [[nodiscard]] std::size_t count() const;
  /// Whether a token is among them, without regard to case.
  [[nodiscard]] bool has(std::string_view token) const;

 private:
  const Message* message_;
  HeaderName name_;
};

class Message {
 public:
  [[nodiscard]] bool is_request() const { return status_ == 0; }
  [[nodiscard]] bool is_response() const { return status_ != 0; }

  // Request line. The URI is as it stands: parse_uri judges it.
  [[nodiscard]] Method method() const { return method_; }
  [[nodiscard]] std::string_view method_text() const { return view(method_text_); }
  [[nodiscard]] std::string_view request_uri() const { return view(request_uri_); }
  /// "SIP/2.0", of either kind.
  [[nodiscard]] std::string_view version() const { return view(version_); }

  // Status line; status 100 to 999.
  [[nodiscard]] std::uint16_t status() const { return status_; }
  [[nodiscard]] std::string_view reason_phrase() const { return view(reason_phrase_); }

  // Header fields, in the order of the message.
  [[nodiscard]] std::size_t field_count() const { return field_count_; }
  [[nodiscard]] HeaderField field(std::size_t index) const;
  [[nodiscard]] std::size_t count(HeaderName name) const;
  [[nodiscard]] bool has(HeaderName name) const { return first_[slot(name)] != none; }
  /// Value of the first field of that name.
  [[nodiscard]] std::optional<std::string_view> value(HeaderName name) const;
  /// Value of the first field of that name, known or not, compact or full.
  [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
  /// Index of the first field of that name at or behind `from`; field_count() where none.
  [[nodiscard]] std::size_t find(HeaderName name, std::size_t from = 0) const;
  [[nodiscard]] Elements elements(HeaderName name) const { return {*this, name}; }

  // Typed getters, parsed anew at each call.
  [[nodiscard]] Parsed<Via> top_via() const;
  [[nodiscard]] Parsed<NameAddr> from() const { return name_addr(HeaderName::from); }
  [[nodiscard]] Parsed<NameAddr> to() const { return name_addr(HeaderName::to); }
  /// From, To, Refer-To, Reply-To ... : headers with a single name-addr.
  [[nodiscard]] Parsed<NameAddr> name_addr(HeaderName name) const;
  /// The first element of a list of them: Contact, Route, Record-Route, Path.
  [[nodiscard]] Parsed<NameAddr> first_name_addr(HeaderName name) const;
  /// "" where absent.
  [[nodiscard]] std::string_view call_id() const;
  [[nodiscard]] Parsed<CSeq> cseq() const;
  [[nodiscard]] Parsed<std::uint32_t> max_forwards() const {
    return number(HeaderName::max_forwards);
  }
  [[nodiscard]] Parsed<std::uint32_t> content_length() const {
    return number(HeaderName::content_length);
  }
  [[nodiscard]] Parsed<std::uint32_t> expires() const { return number(HeaderName::expires); }
  [[nodiscard]] Parsed<std::uint32_t> number(HeaderName name) const;
  [[nodiscard]] Parsed<MediaType> content_type() const;
  /// Contact is "*" and nothing else (REGISTER, clause 10.2.2).
  [[nodiscard]] bool contact_is_wildcard() const;
  /// Credentials of the n-th Authorization (or other such) field.
  [[nodiscard]] Parsed<DigestParams> digest(HeaderName name, std::size_t nth = 0) const;
  /// The first Reason of that protocol ("Q.850", "SIP").
  [[nodiscard]] std::optional<Reason> reason(std::string_view protocol) const;

  [[nodiscard]] core::Octets body() const { return octets().subspan(body_.at, body_.size); }
  [[nodiscard]] std::string_view body_text() const { return view(body_); }
  /// The octets of this message alone, start line to the end of its body.
  [[nodiscard]] core::Octets octets() const { return core::octets_of({base_, size_}); }

  /// What was wrong and passed over, for validate and for notes: the first such thing.
  [[nodiscard]] const std::optional<ParseError>& defect() const { return defect_; }
  /// Some line ended with a line feed alone.
  [[nodiscard]] bool has_bare_line_feeds() const { return bare_line_feeds_; }

  /// Views `copy` from now on, which must hold the octets of this message.
  void rebase(core::Octets copy) { base_ = core::text_of(copy).data(); }

 private:
  friend class MessageParser;

  struct Span {
    std::uint16_t at = 0;
    std::uint16_t size = 0;
  };
  struct IndexEntry {
    std::uint16_t name_at;
    std::uint16_t value_at;
    std::uint16_t value_size;
    std::uint8_t name_size;
    HeaderName name;
  };
  static constexpr std::uint8_t none = 0xFF;

  [[nodiscard]] static constexpr std::size_t slot(HeaderName name) {
    return static_cast<std::size_t>(name);
  }
  [[nodiscard]] std::string_view view(Span span) const { return {base_ + span.at, span.size}; }

  const char* base_ = "";
  std::size_t size_ = 0;
  std::optional<ParseError> defect_;
  Span method_text_;
  Span request_uri_;
  Span version_;
  Span reason_phrase_;
  Span body_;
  std::uint16_t status_ = 0;
  std::uint8_t field_count_ = 0;
  Method method_ = Method::extension;
  bool bare_line_feeds_ = false;
  std::array<std::uint8_t, header_name_count> first_{};
  std::array<IndexEntry, max_header_fields> index_;  // the first field_count_ are set
};
static_assert(std::is_trivially_copyable_v<Message>);

/// A value without its folds: each becomes one space. Nothing where it does not fit.
[[nodiscard]] std::optional<std::string_view> unfold(std::string_view value, std::span<char> room);

}  // namespace strowger::sip
