#include "ss7_trunk/link_bank.hpp"

namespace strowger::ss7_trunk {

LinkBank::LinkBank(const MailboxSize& size) : size_(size) {}

LinkBank::~LinkBank() = default;

std::size_t LinkBank::add_line(tdm::Line& line, core::Octet idle,
                               tdm::LineMover::AlarmListener* listener) {
  lines_.push_back(std::make_unique<LineSlot>(line, idle, listener));
  return lines_.size() - 1;
}

bool LinkBank::add_link(std::size_t line, std::size_t timeslot, const ss7::mtp2::Config& config) {
  const LinkNumber number = link_at(links_.size());
  auto slot = std::make_unique<LinkSlot>(number, config, size_, tap_);
  if (!occupy(line, timeslot, slot->runner)) {
    return false;
  }
  links_.push_back(std::move(slot));
  return true;
}

void LinkBank::add_link(tdm::FramePort& port, const ss7::mtp2::Config& config) {
  const LinkNumber number(static_cast<std::uint16_t>(links_.size()));
  links_.push_back(std::make_unique<LinkSlot>(number, config, size_, tap_));
  links_.back()->port = &port;
}

bool LinkBank::occupy(std::size_t line, std::size_t timeslot, tdm::Timeslot& occupant) {
  return line < lines_.size() && lines_[line]->mover.occupy(timeslot, occupant);
}

void LinkBank::tick(core::Time now) {
  for (const auto& line : lines_) {
    line->mover.tick(now);
    line->publish();
  }
  bool news = false;
  for (const auto& link : links_) {
    if (link->port != nullptr) {
      link->runner.exchange(*link->port, now);
    }
    news = link->runner.take_news() || news;
  }
  if (news) {
    wakeup_.notify();
  }
}

void LinkBank::LineSlot::publish() {
  const tdm::LineCounters& own = line.counters();
  const std::array<std::uint64_t, 5> values{line.alarms().bits, own.ticks, own.slips,
                                            own.missed_octets, own.lost_octets};
  for (std::size_t i = 0; i < values.size(); ++i) {
    figures[i].store(values[i], std::memory_order_relaxed);
  }
}

LineFigures LinkBank::line_figures(std::size_t line) const {
  const auto value = [&](std::size_t i) {
    return lines_[line]->figures[i].load(std::memory_order_relaxed);
  };
  return {{static_cast<std::uint8_t>(value(0))}, {value(1), value(2), value(3), value(4)}};
}

std::vector<std::span<std::byte>> LinkBank::memory() {
  std::vector<std::span<std::byte>> all{tap_.memory()};
  for (const auto& line : lines_) {
    all.push_back({reinterpret_cast<std::byte*>(line.get()), sizeof(LineSlot)});
  }
  for (const auto& link : links_) {
    all.push_back({reinterpret_cast<std::byte*>(link.get()), sizeof(LinkSlot)});
  }
  return all;
}

}  // namespace strowger::ss7_trunk
