#include "sip/flight_codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/flight_tap.hpp"
#include "sip/flight_fields.hpp"

namespace strowger::sip {
namespace {

using core::OctetReader;
using core::OctetWriter;

/// Lists in a record; more than this is no recording of ours.
constexpr std::uint32_t most_items = 1'000'000;

void fail(OctetReader& reader) {
  reader.skip(reader.rest().size() + 1);
}

template <class T>
concept Struct = requires(base::FieldWriter& io, const T& x) {
  fields(io, x);
};

/// Writes what the fields of a type hold: base's types, structs of ours, and lists of either.
struct Writer {
  OctetWriter& writer;

  void operator()(const auto&... values) { (one(values), ...); }

  void one(const std::shared_ptr<const Settings>& settings) {
    writer.u8(settings == nullptr ? 0 : 1);
    if (settings != nullptr) {
      one(*settings);
    }
  }
  /// By name, since the order of a hash table is its own.
  void one(const std::unordered_map<std::string, PeerSettings>& peers) {
    std::vector<std::pair<std::string_view, const PeerSettings*>> sorted;
    sorted.reserve(peers.size());
    for (const auto& [name, peer] : peers) {
      sorted.emplace_back(name, &peer);
    }
    std::sort(sorted.begin(), sorted.end());
    writer.u32(static_cast<std::uint32_t>(sorted.size()));
    for (const auto& [name, peer] : sorted) {
      base::put(writer, name);
      one(*peer);
    }
  }
  void one(const std::array<std::uint8_t, 32>& key) { writer.octets(key); }
  void one(std::span<const Flow> flows) { list(flows); }
  void one(std::span<const ExtraHeader> headers) { list(headers); }
  void one(const std::vector<ListenerSettings>& listeners) { list(listeners); }
  void one(const std::vector<DigestAlgorithm>& algorithms) { list(algorithms); }

  template <class T>
  void one(const T& value) {
    if constexpr (Struct<T>) {
      fields(*this, value);
    } else {
      base::put(writer, value);
    }
  }

  void list(const auto& items) {
    writer.u32(static_cast<std::uint32_t>(items.size()));
    for (const auto& item : items) {
      one(item);
    }
  }
};

struct Reader {
  OctetReader& reader;
  std::vector<Flow>& targets;
  std::vector<ExtraHeader>& headers;

  void operator()(auto&... values) { (one(values), ...); }

  void one(std::shared_ptr<const Settings>& settings) {
    settings = nullptr;
    if (reader.u8() != 0) {
      auto fresh = std::make_shared<Settings>();
      one(*fresh);
      settings = std::move(fresh);
    }
  }
  void one(std::unordered_map<std::string, PeerSettings>& peers) {
    for (std::uint32_t left = count(); left > 0 && reader.ok(); --left) {
      std::string name;
      base::take(reader, name);
      one(peers[name]);
    }
  }
  void one(std::array<std::uint8_t, 32>& key) {
    const core::Octets octets = reader.take(key.size());
    std::copy(octets.begin(), octets.end(), key.begin());
  }
  void one(std::span<const Flow>& flows) {
    list(targets);
    flows = targets;
  }
  void one(std::span<const ExtraHeader>& extra) {
    list(headers);
    extra = headers;
  }
  void one(std::vector<ListenerSettings>& listeners) { list(listeners); }
  void one(std::vector<DigestAlgorithm>& algorithms) { list(algorithms); }

  template <class T>
  void one(T& value) {
    if constexpr (Struct<T> && !std::same_as<T, Flow>) {
      fields(*this, value);
    } else {
      base::take(reader, value);
    }
  }
  void one(Transport& transport) { enumerator(transport, Transport::wss); }
  void one(DigestAlgorithm& algorithm) { enumerator(algorithm, DigestAlgorithm::sha_256); }

  template <class Enum>
  void enumerator(Enum& value, Enum last) {
    base::take(reader, value);
    if (value > last) {
      value = {};
      fail(reader);
    }
  }

  void list(auto& items) {
    items.clear();
    for (std::uint32_t left = count(); left > 0 && reader.ok(); --left) {
      one(items.emplace_back());
    }
  }

  std::uint32_t count() {
    const std::uint32_t items = reader.u32();
    if (items > most_items) {
      fail(reader);
      return 0;
    }
    return items;
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

void each_limit(auto& io, base::FlightOf<EngineLimits> auto& limits) {
  io(limits.transactions, limits.registered_peers, limits.connections, limits.used_nonces,
     limits.calls);
}

}  // namespace

void FlightCodec::encode(const Flow& flow, OctetWriter& writer) {
  base::put(writer, flow);
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

void FlightCodec::encode_result(const core::Result<CallHandle, Refusal>& result,
                                OctetWriter& writer) {
  writer.u8(result ? 1 : 0);
  if (result) {
    base::put(writer, *result);
  } else {
    base::put(writer, result.error());
  }
}

void FlightCodec::decode(OctetReader& reader, Flow& flow) {
  base::take(reader, flow);
}

void FlightCodec::decode(OctetReader& reader, Event& event) {
  Reader io{reader, targets_, headers_};
  read_variant(io, reader.u8(), event);
}

void FlightCodec::decode(OctetReader& reader, Command& command) {
  Reader io{reader, targets_, headers_};
  read_variant(io, reader.u8(), command);
}

std::vector<core::Octet> encode_start(const Settings& settings, const EngineLimits& limits) {
  base::FlightScratch scratch;
  const core::Octets encoded = scratch.encoded([&](OctetWriter& writer) {
    Writer io{writer};
    each_limit(io, limits);
    io(settings);
  });
  return {encoded.begin(), encoded.end()};
}

core::Result<FlightStart, base::FlightError> decode_start(core::Octets snapshot) {
  OctetReader reader(snapshot);
  std::vector<Flow> no_targets;
  std::vector<ExtraHeader> no_headers;
  Reader io{reader, no_targets, no_headers};
  FlightStart start;
  auto settings = std::make_shared<Settings>();
  each_limit(io, start.limits);
  io(*settings);
  if (!reader.ok() || !reader.rest().empty()) {
    return core::fail(base::FlightError::bad_record);
  }
  start.settings = std::move(settings);
  return start;
}

}  // namespace strowger::sip
