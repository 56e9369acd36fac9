#include "base/flight_recorder.hpp"

#include <algorithm>
#include <array>

namespace strowger::base {
namespace {

constexpr std::string_view magic = "STROWFLT";
constexpr std::uint16_t format_version = 1;
constexpr std::size_t length_octets = 4;
// kind, time, records, octets; an outcome's digest and number of actions stand in their place.
constexpr std::size_t front_octets = 1 + 8 + 4 + 4;

void put_number(std::vector<core::Octet>& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) {
    out.push_back(static_cast<core::Octet>(value >> (8U * i)));
  }
}

void put_block(std::vector<core::Octet>& out, core::Octets octets) {
  put_number(out, octets.size(), 4);
  out.insert(out.end(), octets.begin(), octets.end());
}

/// `complete` recordings say how many records were lost and end in a checksum; streamed ones can
/// know neither when their header is written.
std::vector<core::Octet> encode_header(const FlightHeader& header, bool complete,
                                       std::uint64_t lost) {
  std::vector<core::Octet> out;
  const core::Octets name = core::octets_of(magic);
  out.insert(out.end(), name.begin(), name.end());
  put_number(out, format_version, 2);
  put_number(out, complete ? 1 : 0, 1);
  put_block(out, core::octets_of(header.engine));
  put_block(out, core::octets_of(header.build));
  put_number(out, header.seed, 8);
  put_number(out, static_cast<std::uint64_t>(header.started.ns), 8);
  put_block(out, header.snapshot);
  put_number(out, lost, 8);
  return out;
}

core::Octets take_block(core::OctetReader& reader) {
  return reader.take(reader.u32());
}

struct Header {
  FlightHeader header;
  bool complete = false;
  std::uint64_t lost = 0;
};

core::Result<Header, FlightError> decode_header(core::OctetReader& reader) {
  if (core::text_of(reader.take(magic.size())) != magic) {
    return core::fail(FlightError::not_a_recording);
  }
  if (reader.u16() != format_version) {
    return core::fail(reader.ok() ? FlightError::unknown_version : FlightError::truncated);
  }
  Header result;
  result.complete = reader.u8() != 0;
  result.header.engine = core::text_of(take_block(reader));
  result.header.build = core::text_of(take_block(reader));
  result.header.seed = reader.u64();
  result.header.started.ns = static_cast<std::int64_t>(reader.u64());
  const core::Octets snapshot = take_block(reader);
  result.header.snapshot.assign(snapshot.begin(), snapshot.end());
  result.lost = reader.u64();
  if (!reader.ok()) {
    return core::fail(FlightError::truncated);
  }
  return result;
}

core::Result<FlightRecord, FlightError> decode_record(core::Octets octets) {
  core::OctetReader reader(octets);
  const std::uint8_t kind = reader.u8();
  const std::uint64_t number = reader.u64();
  FlightRecord record;
  record.room.records = reader.u32();
  record.room.octets = reader.u32();
  record.payload = reader.rest();
  if (!reader.ok() || kind < 1 || kind > static_cast<std::uint8_t>(FlightKind::chance)) {
    return core::fail(FlightError::bad_record);
  }
  record.kind = static_cast<FlightKind>(kind);
  if (record.kind == FlightKind::outcome) {
    record.digest = number;
    record.actions = static_cast<std::uint32_t>(record.room.records);
  } else {
    record.at.ns = static_cast<std::int64_t>(number);
  }
  return record;
}

}  // namespace

std::string_view to_string(FlightKind kind) {
  constexpr std::array<std::string_view, 8> names{"none",   "input",    "event",   "command",
                                                  "expire", "transmit", "outcome", "chance"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(FlightError error) {
  switch (error) {
    case FlightError::not_a_recording:
      return "this is no flight recording";
    case FlightError::unknown_version:
      return "made by another version of the program, in a format that this one does not know";
    case FlightError::truncated:
      return "the recording ends within a record";
    case FlightError::checksum:
      return "the recording was changed or damaged after it was written";
    case FlightError::bad_record:
      return "a record can't be decoded";
    case FlightError::lost_records:
      return "the beginning is missing: the ring had overflowed; record to a file from the start";
    case FlightError::wrong_engine:
      return "recorded from another engine";
  }
  return "unknown error";
}

FlightRecorder::FlightRecorder(FlightHeader header, FlightRecorderConfig config)
    : header_(std::move(header)), config_(std::move(config)), ring_(config_.ring_octets) {
  if (config_.sink) {
    config_.sink(encode_header(header_, false, 0));
  }
}

void FlightRecorder::begin(FlightKind kind, core::Time at, core::StepSize room,
                           core::Octets payload) {
  std::array<core::Octet, length_octets + front_octets> front{};
  core::OctetWriter writer(front);
  writer.u32(static_cast<std::uint32_t>(front_octets + payload.size()));
  writer.u8(static_cast<std::uint8_t>(kind));
  writer.u64(static_cast<std::uint64_t>(at.ns));
  writer.u32(static_cast<std::uint32_t>(room.records));
  writer.u32(static_cast<std::uint32_t>(room.octets));
  append(front, payload);
}

void FlightRecorder::end(std::uint64_t digest, std::uint32_t actions) {
  begin(FlightKind::outcome, core::Time{static_cast<std::int64_t>(digest)}, {actions, 0}, {});
}

void FlightRecorder::chance(core::Octets drawn) {
  begin(FlightKind::chance, {}, {}, drawn);
}

void FlightRecorder::append(core::Octets front, core::Octets payload) {
  ++recorded_;
  if (config_.sink) {
    config_.sink(front);
    if (!payload.empty()) {
      config_.sink(payload);
    }
  }
  const std::size_t size = front.size() + payload.size();
  if (size > ring_.size()) {
    ++lost_;
    return;
  }
  while (size > ring_.size() - used_) {
    evict();
  }
  put(front);
  put(payload);
}

void FlightRecorder::evict() {
  std::size_t size = 0;
  for (std::size_t i = 0; i < length_octets; ++i) {
    size = size << 8U | at(i);
  }
  size += length_octets;
  first_ = (first_ + size) % ring_.size();
  used_ -= size;
  ++lost_;
}

core::Octet FlightRecorder::at(std::size_t offset) const {
  return ring_[(first_ + offset) % ring_.size()];
}

void FlightRecorder::put(core::Octets octets) {
  const std::size_t start = ring_.empty() ? 0 : (first_ + used_) % ring_.size();
  const std::size_t head = std::min(octets.size(), ring_.size() - start);
  std::copy_n(octets.begin(), head, ring_.begin() + static_cast<std::ptrdiff_t>(start));
  std::copy(octets.begin() + static_cast<std::ptrdiff_t>(head), octets.end(), ring_.begin());
  used_ += octets.size();
}

std::vector<core::Octet> FlightRecorder::dump() const {
  std::vector<core::Octet> out = encode_header(header_, true, lost_);
  out.reserve(out.size() + used_ + 8);
  for (std::size_t i = 0; i < used_; ++i) {
    out.push_back(at(i));
  }
  FlightDigest digest;
  digest.add(out);
  put_number(out, digest.value(), 8);
  return out;
}

core::Result<FlightRecording, FlightError> read_flight(std::vector<core::Octet> octets) {
  FlightRecording recording;
  recording.octets = std::move(octets);
  core::Octets all = recording.octets;
  core::OctetReader header_reader(all);
  auto header = decode_header(header_reader);
  if (!header) {
    return core::fail(header.error());
  }
  recording.header = std::move(header->header);
  recording.lost = header->lost;
  core::Octets body = header_reader.rest();
  if (header->complete) {
    if (body.size() < 8) {
      return core::fail(FlightError::truncated);
    }
    FlightDigest digest;
    digest.add(all.first(all.size() - 8));
    if (core::OctetReader(all.last(8)).u64() != digest.value()) {
      return core::fail(FlightError::checksum);
    }
    body = body.first(body.size() - 8);
  }
  core::OctetReader reader(body);
  while (!reader.rest().empty()) {
    const core::Octets one = take_block(reader);
    if (!reader.ok()) {
      // A program that died leaves a streamed recording that ends anywhere: what is whole counts.
      if (!header->complete) {
        break;
      }
      return core::fail(FlightError::truncated);
    }
    const auto record = decode_record(one);
    if (!record) {
      return core::fail(record.error());
    }
    recording.records.push_back(*record);
  }
  return recording;
}

bool FlightChance::draw(core::MutableOctets room) {
  const auto& records = recording_.records;
  while (next_ < records.size() && records[next_].kind != FlightKind::chance) {
    ++next_;
  }
  const bool same = next_ < records.size() && records[next_].payload.size() == room.size();
  if (same) {
    std::copy(records[next_].payload.begin(), records[next_].payload.end(), room.begin());
    ++next_;
  } else {
    std::fill(room.begin(), room.end(), core::Octet{0});
  }
  return same;
}

}  // namespace strowger::base
