#include "tdm/flight_codec.hpp"

#include <memory>
#include <utility>

#include "base/flight_codec.hpp"
#include "tdm/analog.hpp"
#include "tdm/loopback.hpp"
#include "tdm/no_signalling.hpp"

namespace strowger::tdm {
namespace {

using base::FlightOf;
using core::OctetReader;
using core::OctetWriter;

/// Items of a list in a record; more than this is no recording of ours.
constexpr std::uint32_t most_items = 65'536;

void fail(OctetReader& reader) {
  reader.skip(reader.rest().size() + 1);
}

// The fields of each type, one line a type, for writing and reading alike. What is added to a type
// is added here, at the end, and the version of the format (base/flight_recorder.cpp) raised.
void fields(auto& io, FlightOf<ChannelRef> auto& x) {
  io(x.span, x.channel);
}
void fields(auto& io, FlightOf<CallerData> auto& x) {
  io(x.calling, x.called, x.redirecting, x.name, x.presentation, x.screening, x.category, x.bearer);
}
void fields(auto& io, FlightOf<Hunt> auto& x) {
  io(x.where, x.order, x.channel, x.span, x.group);
}
void fields(auto& io, FlightOf<Place> auto& x) {
  io(x.hunt, x.caller, x.next, x.begin);
}
void fields(auto& io, FlightOf<Answer> auto& x) {
  io(x.call);
}
void fields(auto& io, FlightOf<Indicate> auto& x) {
  io(x.call, x.indication);
}
void fields(auto& io, FlightOf<SetHold> auto& x) {
  io(x.call, x.held);
}
void fields(auto& io, FlightOf<Transfer> auto& x) {
  io(x.call, x.to);
}
void fields(auto& io, FlightOf<HangUp> auto& x) {
  io(x.call, x.cause);
}
void fields(auto& io, FlightOf<Reset> auto& x) {
  io(x.channel);
}
void fields(auto& io, FlightOf<SetBlocked> auto& x) {
  io(x.channel, x.blocked);
}
void fields(auto& /*io*/, FlightOf<StartSpan> auto& /*x*/) {}
void fields(auto& /*io*/, FlightOf<StopSpan> auto& /*x*/) {}
void fields(auto& io, FlightOf<SpanEngine::Source> auto& x) {
  io(x.tag);
}
void fields(auto& io, FlightOf<SpanEngine::Event> auto& x) {
  io(x.channel, x.alarms.bits);
}
void fields(auto& io, FlightOf<Event> auto& x) {
  io(x.kind, x.span, x.channel, x.call, x.request, x.state, x.indication, x.cause, x.error,
     x.alarms.bits, x.status, x.digit, x.value, x.caller, x.at.ns);
}
void fields(auto& io, FlightOf<SignalOut> auto& x) {
  io(x.message, x.tag);
}
void fields(auto& io, FlightOf<Forward> auto& x) {
  io(x.to, x.request, x.place);
}
void fields(auto& io, FlightOf<Rotated> auto& x) {
  io(x.group, x.next);
}
void fields(auto& io, FlightOf<StateChanged> auto& x) {
  io(x.channel, x.call, x.from, x.to, x.by, x.at.ns);
}
void fields(auto& io, FlightOf<ChannelConfig> auto& x) {
  io(x.type, x.timeslot, x.physical_span, x.name, x.number, x.group, x.framing);
}
void fields(auto& io, FlightOf<AnalogConfig> auto& x) {
  io(x.digit_timeout, x.max_digits, x.hotline, x.caller_id, x.answer_polarity, x.dialtone_wait);
}
void fields(auto& io, FlightOf<SpanConfig> auto& x) {
  io(x.name, x.trunk, x.network_side, x.law, x.glare, x.signalling, x.signalling_peer, x.channels,
     x.analog, x.max_calls, x.answer_guard);
}
void fields(auto& io, FlightOf<Group> auto& x) {
  io(x.name, x.channels);
}
void fields(auto& io, FlightOf<FlightStart> auto& x) {
  io(x.id, x.config, x.groups);
}

template <class T>
concept Struct = requires(base::FieldWriter& io, const T& x) {
  fields(io, x);
};

struct Writer {
  OctetWriter& writer;

  void operator()(const auto&... values) { (one(values), ...); }

  template <class Tag, class Number, Number Max>
  void one(const core::Strong<Tag, Number, Max>& value) {
    base::put(writer, value.value());
  }
  template <std::size_t N>
  void one(const core::BoundedString<N>& text) {
    base::put(writer, text.view());
  }
  void one(const std::string& text) { base::put(writer, std::string_view(text)); }
  template <class T>
  void one(const std::vector<T>& items) {
    writer.u32(static_cast<std::uint32_t>(items.size()));
    for (const T& item : items) {
      one(item);
    }
  }
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

  void operator()(auto&... values) { (one(values), ...); }

  template <class Tag, class Number, Number Max>
  void one(core::Strong<Tag, Number, Max>& value) {
    const auto read = core::Strong<Tag, Number, Max>::checked(reader.u64());
    if (!read) {
      fail(reader);
    }
    value = read.value_or(core::Strong<Tag, Number, Max>());
  }
  template <std::size_t N>
  void one(core::BoundedString<N>& text) {
    std::string_view read;
    base::take(reader, read);
    if (!text.assign(read)) {
      fail(reader);
    }
  }
  template <class T>
  void one(std::vector<T>& items) {
    std::uint32_t left = reader.u32();
    if (left > most_items) {
      return fail(reader);
    }
    for (items.clear(); left > 0 && reader.ok(); --left) {
      one(items.emplace_back());
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

void write_variant(const auto& variant, OctetWriter& writer) {
  writer.u8(static_cast<std::uint8_t>(variant.index()));
  Writer io{writer};
  std::visit([&io](const auto& what) { io(what); }, variant);
}

/// Reads the alternative of that index.
template <std::size_t I = 0, class Variant>
void read_alternative(OctetReader& reader, std::size_t index, Variant& variant) {
  if constexpr (I == std::variant_size_v<Variant>) {
    fail(reader);
  } else if (index == I) {
    Reader io{reader};
    io(variant.template emplace<I>());
  } else {
    read_alternative<I + 1>(reader, index, variant);
  }
}

std::unique_ptr<SignallingModule> module_of(const SpanConfig& config) {
  if (config.signalling == "loopback") {
    return std::make_unique<LoopbackModule>();
  }
  if (config.signalling == "analog") {
    return std::make_unique<AnalogModule>(config);
  }
  return config.signalling == "none" ? std::make_unique<NoSignalling>() : nullptr;
}

}  // namespace

void FlightCodec::encode(const SpanEngine::Source& source, OctetWriter& writer) {
  Writer{writer}(source);
}

void FlightCodec::encode(const SpanEngine::Event& event, OctetWriter& writer) {
  Writer{writer}(event);
}

void FlightCodec::encode(const Command& command, OctetWriter& writer) {
  Writer{writer}(command.request);
  write_variant(command.what, writer);
}

void FlightCodec::encode(const SpanEngine::Action& action, OctetWriter& writer) {
  write_variant(action, writer);
}

void FlightCodec::encode_result(const Result<void>& result, OctetWriter& writer) {
  base::put(writer, result ? TdmError::none : result.error());
}

void FlightCodec::decode(OctetReader& reader, SpanEngine::Source& source) {
  Reader{reader}(source);
}

void FlightCodec::decode(OctetReader& reader, SpanEngine::Event& event) {
  Reader{reader}(event);
}

void FlightCodec::decode(OctetReader& reader, Command& command) {
  Reader{reader}(command.request);
  read_alternative(reader, reader.u8(), command.what);
}

std::vector<core::Octet> encode_start(SpanId id, const SpanConfig& config,
                                      const std::vector<Group>& groups) {
  const FlightStart start{id, config, groups};
  base::FlightScratch scratch;
  const core::Octets encoded = scratch.encoded([&](OctetWriter& writer) { Writer{writer}(start); });
  return {encoded.begin(), encoded.end()};
}

core::Result<FlightStart, base::FlightError> decode_start(core::Octets snapshot) {
  OctetReader reader(snapshot);
  FlightStart start;
  Reader{reader}(start);
  if (!reader.ok() || !reader.rest().empty()) {
    return core::fail(base::FlightError::bad_record);
  }
  return start;
}

core::Result<base::ReplayReport, base::FlightError> replay_flight(
    const base::FlightRecording& recording) {
  if (recording.header.engine != flight_engine_name) {
    return core::fail(base::FlightError::wrong_engine);
  }
  const auto start = decode_start(recording.header.snapshot);
  if (!start) {
    return core::fail(start.error());
  }
  const auto module = module_of(start->config);
  if (module == nullptr) {
    return core::fail(base::FlightError::wrong_engine);
  }
  SpanEngine engine(start->id, start->config, start->groups, *module);
  FlightCodec codec;
  return base::Replayer<SpanEngine, FlightCodec>(engine, codec).run(recording);
}

}  // namespace strowger::tdm
