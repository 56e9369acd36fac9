#include "websocket/flight_codec.hpp"

#include <optional>
#include <variant>

#include "base/flight_tap.hpp"
#include "websocket/flight_fields.hpp"

namespace strowger::websocket {
namespace {

using core::OctetReader;
using core::OctetWriter;

/// Lists in a record; more than this is no recording of ours.
constexpr std::uint32_t most_items = 100'000;

void fail(OctetReader& reader) {
  reader.skip(reader.rest().size() + 1);
}

template <class T>
concept Struct = requires(base::FieldWriter& io, const T& x) {
  fields(io, x);
};

struct Writer {
  OctetWriter& writer;

  void operator()(const auto&... values) { (one(values), ...); }

  template <class T>
  void one(const std::vector<T>& items) {
    writer.u32(static_cast<std::uint32_t>(items.size()));
    for (const T& item : items) {
      one(item);
    }
  }
  void one(const std::optional<DeflateAgreement>& agreement) {
    writer.u8(agreement ? 1 : 0);
    if (agreement) {
      one(*agreement);
    }
  }
  void one(const base::Buffer& buffer) { base::put(writer, buffer.octets()); }
  template <class T>
  void one(const T& value) {
    if constexpr (Struct<T>) {
      fields(*this, value);
    } else {
      base::put(writer, value);
    }
  }
};

struct Reader {
  OctetReader& reader;
  base::BufferPool& pool;

  void operator()(auto&... values) { (one(values), ...); }

  template <class T>
  void one(std::vector<T>& items) {
    items.clear();
    const std::uint32_t count = reader.u32();
    if (count > most_items) {
      fail(reader);
    }
    for (std::uint32_t left = count; left > 0 && reader.ok(); --left) {
      one(items.emplace_back());
    }
  }
  void one(std::optional<DeflateAgreement>& agreement) {
    agreement = std::nullopt;
    if (reader.u8() != 0) {
      one(agreement.emplace());
    }
  }
  void one(base::Buffer& buffer) {
    core::Octets octets;
    base::take(reader, octets);
    buffer = pool.copy(octets).value_or(base::Buffer());
  }
  /// The engine indexes by it.
  void one(Kind& kind) {
    base::take(reader, kind);
    if (kind > Kind::binary) {
      kind = {};
      fail(reader);
    }
  }
  template <class T>
  void one(T& value) {
    if constexpr (Struct<T>) {
      fields(*this, value);
    } else {
      base::take(reader, value);
    }
  }
};

template <class Variant>
void write_variant(const Variant& variant, OctetWriter& writer) {
  writer.u8(static_cast<std::uint8_t>(variant.index()));
  std::visit([&](const auto& value) { Writer{writer}.one(value); }, variant);
}

template <std::size_t I = 0, class Variant>
void read_variant(Reader& io, std::size_t index, Variant& variant) {
  if constexpr (I < std::variant_size_v<Variant>) {
    if (index == I) {
      io.one(variant.template emplace<I>());
    } else {
      read_variant<I + 1>(io, index, variant);
    }
  } else {
    fail(io.reader);
  }
}

}  // namespace

void FlightCodec::encode(const ConnectionId& source, OctetWriter& writer) {
  base::put(writer, source);
}
void FlightCodec::encode(const Event& event, OctetWriter& writer) {
  write_variant(event, writer);
}
void FlightCodec::encode(const Command& command, OctetWriter& writer) {
  write_variant(command, writer);
}
void FlightCodec::encode(const Action& action, OctetWriter& writer) {
  write_variant(action, writer);
}
void FlightCodec::encode_result(const core::Result<ConnectionId, Refusal>& result,
                                OctetWriter& writer) {
  writer.u8(result ? 1 : 0);
  if (result) {
    base::put(writer, *result);
  } else {
    base::put(writer, result.error());
  }
}

void FlightCodec::decode(OctetReader& reader, ConnectionId& source) {
  base::take(reader, source);
}
void FlightCodec::decode(OctetReader& reader, Event& event) {
  Reader io{reader, *pool_};
  read_variant(io, reader.u8(), event);
}
void FlightCodec::decode(OctetReader& reader, Command& command) {
  Reader io{reader, *pool_};
  read_variant(io, reader.u8(), command);
}

std::vector<core::Octet> encode_start(const Settings& settings) {
  base::FlightScratch scratch;
  const core::Octets encoded =
      scratch.encoded([&](OctetWriter& writer) { Writer{writer}.one(settings); });
  return {encoded.begin(), encoded.end()};
}

core::Result<Settings, base::FlightError> decode_start(core::Octets snapshot) {
  OctetReader reader(snapshot);
  Settings settings;
  base::BufferPool pool;
  Reader{reader, pool}.one(settings);
  if (!reader.ok() || !reader.rest().empty()) {
    return core::fail(base::FlightError::bad_record);
  }
  return settings;
}

}  // namespace strowger::websocket
