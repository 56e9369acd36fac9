#include "rtp/rtcp.hpp"

#include <algorithm>

namespace strowger::rtp {
namespace {

// Clause 12.1.
constexpr std::uint8_t type_sr = 200;
constexpr std::uint8_t type_rr = 201;
constexpr std::uint8_t type_sdes = 202;
constexpr std::uint8_t type_bye = 203;
// Clause 6.5.1.
constexpr std::uint8_t item_cname = 1;

constexpr std::uint8_t version_two = 0x80;
constexpr std::uint8_t padding_bit = 0x20;

/// Seconds from 1900 to 1970.
constexpr std::uint64_t ntp_to_unix = 2'208'988'800U;

struct Part {
  std::uint8_t count = 0;
  std::uint8_t type = 0;
  core::Octets body;
};

Result<Part> next_part(core::OctetReader& reader) {
  const std::uint8_t first = reader.u8();
  Part part;
  part.type = reader.u8();
  const std::size_t words = reader.u16();
  part.body = reader.take(words * 4);
  if (!reader.ok()) {
    return core::fail(RtpError::bad_length);
  }
  if ((first & 0xC0U) != version_two) {
    return core::fail(RtpError::wrong_version);
  }
  part.count = first & 0x1FU;
  if ((first & padding_bit) != 0) {
    // Clause 6.4.1: only the last packet of a compound may be padded.
    const std::size_t padding = part.body.empty() ? 0 : part.body.back();
    if (padding == 0 || padding > part.body.size() || !reader.rest().empty()) {
      return core::fail(RtpError::bad_padding);
    }
    part.body = part.body.first(part.body.size() - padding);
  }
  return part;
}

ReportBlock read_block(core::OctetReader& reader) {
  ReportBlock block;
  block.source = Ssrc(reader.u32());
  block.fraction_lost = reader.u8();
  const std::uint32_t lost = reader.u24();
  block.cumulative_lost = static_cast<std::int32_t>(lost << 8U) >> 8;
  block.extended_highest = reader.u32();
  block.jitter = reader.u32();
  block.last_sr = reader.u32();
  block.delay_since_sr = reader.u32();
  return block;
}

Result<void> read_report(const Part& part, Ssrc about, Reports& reports) {
  core::OctetReader reader(part.body);
  reports.sender = Ssrc(reader.u32());
  if (part.type == type_sr) {
    reports.has_sender_info = true;
    reports.sender_info.ntp.value = reader.u64();
    reports.sender_info.rtp_timestamp = reader.u32();
    reports.sender_info.packets = reader.u32();
    reports.sender_info.octets = reader.u32();
  }
  for (unsigned i = 0; i < part.count; ++i) {
    const ReportBlock block = read_block(reader);
    if (block.source == about && !reports.has_block) {
      reports.has_block = true;
      reports.block = block;
    }
  }
  if (!reader.ok()) {
    return core::fail(RtpError::bad_length);
  }
  return {};
}

void write_head(core::OctetWriter& writer, std::uint8_t type, std::uint8_t count,
                std::size_t octets) {
  writer.u8(static_cast<std::uint8_t>(version_two | count));
  writer.u8(type);
  writer.u16(static_cast<std::uint16_t>(octets / 4 - 1));
}

void write_block(core::OctetWriter& writer, const ReportBlock& block) {
  writer.u32(block.source.value());
  writer.u8(block.fraction_lost);
  const std::int32_t lost = std::clamp(block.cumulative_lost, -0x800000, 0x7FFFFF);
  writer.u24(static_cast<std::uint32_t>(lost) & 0xFFFFFFU);
  writer.u32(block.extended_highest);
  writer.u32(block.jitter);
  writer.u32(block.last_sr);
  writer.u32(block.delay_since_sr);
}

void write_sdes(core::OctetWriter& writer, Ssrc own, std::string_view cname) {
  const std::size_t unpadded = 4 + 4 + 2 + cname.size();
  const std::size_t octets = (unpadded / 4 + 1) * 4;  // at least one null ends the chunk
  write_head(writer, type_sdes, 1, octets);
  writer.u32(own.value());
  writer.u8(item_cname);
  writer.u8(static_cast<std::uint8_t>(cname.size()));
  writer.text(cname);
  for (std::size_t i = unpadded; i < octets; ++i) {
    writer.u8(0);
  }
}

}  // namespace

NtpTime NtpTime::of(core::WallTime wall) {
  constexpr std::int64_t second = 1'000'000'000;
  const auto seconds = static_cast<std::uint64_t>(wall.ns / second) + ntp_to_unix;
  const auto rest = static_cast<std::uint64_t>(wall.ns % second);
  return {seconds << 32U | (rest << 32U) / static_cast<std::uint64_t>(second)};
}

Result<Reports> parse_rtcp(core::Octets datagram, Ssrc about) {
  core::OctetReader reader(datagram);
  Reports reports;
  bool first = true;
  do {
    const auto part = next_part(reader);
    if (!part) {
      return core::fail(part.error());
    }
    const bool report = part->type == type_sr || part->type == type_rr;
    if (first && !report) {
      return core::fail(RtpError::bad_order);
    }
    first = false;
    if (report) {
      if (const auto read = read_report(*part, about, reports); !read) {
        return core::fail(read.error());
      }
    } else if (part->type == type_bye) {
      reports.goodbye = true;
    }
  } while (!reader.rest().empty());
  return reports;
}

core::Octets write_rtcp(const Compound& compound, core::MutableOctets room) {
  core::OctetWriter writer(room);
  const bool sends = compound.sender_info != nullptr;
  const bool receives = compound.block != nullptr;
  write_head(writer, sends ? type_sr : type_rr, receives ? 1 : 0,
             (sends ? 28U : 8U) + (receives ? 24U : 0U));
  writer.u32(compound.own.value());
  if (sends) {
    writer.u64(compound.sender_info->ntp.value);
    writer.u32(compound.sender_info->rtp_timestamp);
    writer.u32(compound.sender_info->packets);
    writer.u32(compound.sender_info->octets);
  }
  if (receives) {
    write_block(writer, *compound.block);
  }
  write_sdes(writer, compound.own, compound.cname.substr(0, 255));
  if (compound.goodbye) {
    write_head(writer, type_bye, 1, 8);
    writer.u32(compound.own.value());
  }
  return writer.written();
}

core::Duration round_trip(const ReportBlock& block, NtpTime now) {
  if (block.last_sr == 0) {
    return {};
  }
  const std::uint32_t units = now.middle() - block.last_sr - block.delay_since_sr;
  if (units >= 0x80000000U) {
    return {};
  }
  return core::nanoseconds((static_cast<std::int64_t>(units) * 1'000'000'000) >> 16);
}

}  // namespace strowger::rtp
