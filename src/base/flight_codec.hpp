// Encoding of the common types in flight recordings. An engine's codec is a class with
//   void encode(const T&, core::OctetWriter&)   for its Source, Event, Command, Action
//   void decode(core::OctetReader&, T&)         for its Source, Event, Command
//   void encode_result(const R&, core::OctetWriter&)   for what its `command` returns
// (of the types that the engine has). A decoded value may point into the record and into the codec,
// and holds until the next decode. These helpers make such members one line a field.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/address.hpp"
#include "core/octets.hpp"
#include "core/strong.hpp"
#include "core/time.hpp"

namespace strowger::base {

template <class Number>
concept FlightNumber = std::integral<Number> || std::is_enum_v<Number>;

inline void put(core::OctetWriter& writer, FlightNumber auto number) {
  writer.u64(static_cast<std::uint64_t>(number));
}
void take(core::OctetReader& reader, FlightNumber auto& number) {
  number = static_cast<std::remove_reference_t<decltype(number)>>(reader.u64());
}

inline void put(core::OctetWriter& writer, core::Octets octets) {
  writer.u32(static_cast<std::uint32_t>(octets.size()));
  writer.octets(octets);
}
inline void take(core::OctetReader& reader, core::Octets& octets) {
  octets = reader.take(reader.u32());
}

inline void put(core::OctetWriter& writer, std::string_view text) {
  put(writer, core::octets_of(text));
}
inline void take(core::OctetReader& reader, std::string_view& text) {
  text = core::text_of(reader.take(reader.u32()));
}

inline void put(core::OctetWriter& writer, core::Duration duration) {
  put(writer, duration.ns);
}
inline void take(core::OctetReader& reader, core::Duration& duration) {
  take(reader, duration.ns);
}

template <class Tag>
void put(core::OctetWriter& writer, const core::Handle<Tag>& handle) {
  writer.u64(handle.bits());
}
template <class Tag>
void take(core::OctetReader& reader, core::Handle<Tag>& handle) {
  handle = core::Handle<Tag>::from_bits(reader.u64());
}

inline void put(core::OctetWriter& writer, const core::Address& address) {
  writer.u8(static_cast<std::uint8_t>(address.family));
  writer.octets(address.octets);
  writer.u32(address.scope);
  writer.u16(address.port);
}
inline void take(core::OctetReader& reader, core::Address& address) {
  const std::uint8_t family = reader.u8();
  address.family =
      family <= 2 ? static_cast<core::Address::Family>(family) : core::Address::Family::none;
  const core::Octets octets = reader.take(address.octets.size());
  for (std::size_t i = 0; i < octets.size(); ++i) {
    address.octets[i] = octets[i];
  }
  address.scope = reader.u32();
  address.port = reader.u16();
}

template <class T>
void put(core::OctetWriter& writer, const std::optional<T>& value) {
  writer.u8(value ? 1 : 0);
  if (value) {
    put(writer, *value);
  }
}
template <class T>
void take(core::OctetReader& reader, std::optional<T>& value) {
  value = std::nullopt;
  if (reader.u8() != 0) {
    take(reader, value.emplace());
  }
}

inline void take(core::OctetReader& reader, std::string& text) {
  text = core::text_of(reader.take(reader.u32()));
}

/// Both directions from one list of fields: `void fields(auto& io, FlightOf<T> auto& t) {
/// io(t.a, t.b); }` writes with a FieldWriter and reads with a FieldReader.
template <class T, class Of>
concept FlightOf = std::same_as<std::remove_const_t<T>, Of>;

struct FieldWriter {
  core::OctetWriter& writer;
  void operator()(const auto&... values) { (put(writer, values), ...); }
};
struct FieldReader {
  core::OctetReader& reader;
  void operator()(auto&... values) { (take(reader, values), ...); }
};

}  // namespace strowger::base
