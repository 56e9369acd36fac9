#include "rt/log/real_time_log.hpp"

#include <algorithm>
#include <cstring>

#include "base/log.hpp"

namespace strowger::rt {

RealTimeLog::RealTimeLog(std::size_t octets)
    : words_(std::max<std::size_t>(octets, 1024) / sizeof(Word)),
      fifo_(words_),
      reserve_(fifo_.figures().capacity / 2) {}

RealTimeLog::Word* RealTimeLog::put_real(Word* to, double value) {
  Word word = 0;
  std::memcpy(&word, &value, sizeof word);
  return put_word(to, Tag::real, word);
}

RealTimeLog::Word* RealTimeLog::put_text(Word* to, std::string_view text) {
  const std::size_t length = std::min(text.size(), most_text);
  *to++ = tagged(Tag::text, length);
  std::memcpy(to, text.data(), length);
  return to + words_of(text);
}

base::LogField RealTimeLog::take(std::string_view name, const Word*& from) {
  const Word head = *from++;
  const auto tag = static_cast<Tag>(head >> 32U);
  if (tag == Tag::text) {
    const std::string_view text(reinterpret_cast<const char*>(from), head & UINT32_MAX);
    from += words_of(text);
    return {name, text};
  }
  const Word word = *from++;
  switch (tag) {
    case Tag::signed_number:
      return {name, static_cast<std::int64_t>(word)};
    case Tag::real: {
      double value = 0;
      std::memcpy(&value, &word, sizeof value);
      return {name, value};
    }
    case Tag::truth:
      return {name, word != 0};
    default:
      return {name, word};
  }
}

void RealTimeLog::write_line(const base::Logger& logger, const RecordView& record) {
  const Word* from = reinterpret_cast<const Word*>(record.octets.data());
  const LogLine& line = *reinterpret_cast<const LogLine*>(static_cast<std::uintptr_t>(*from++));
  const core::Time at{static_cast<std::int64_t>(*from++)};
  std::vector<base::LogField> fields;
  fields.reserve(record.kind + 1);
  for (std::size_t i = 0; i < record.kind; ++i) {
    fields.push_back(take(line.names[i], from));
  }
  fields.emplace_back("at_us", at.ns / 1000);
  logger.write(line.level, line.sentence, fields);
}

std::size_t RealTimeLog::drain(const base::Logger& logger, std::size_t most) {
  std::size_t lines = 0;
  while (lines < most) {
    const auto record = fifo_.front();
    if (!record) {
      break;
    }
    write_line(logger, *record);
    fifo_.release();
    ++lines;
  }
  if (const std::uint64_t lost = fifo_.refused(); lost != lost_told_) {
    logger.warning("lines of a real-time thread were lost", {{"lines", lost - lost_told_}});
    lost_told_ = lost;
  }
  return lines;
}

}  // namespace strowger::rt
