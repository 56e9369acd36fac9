#include "ss7_trunk/bank_fixture.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rt/section.hpp"

namespace strowger::ss7_trunk::test {
namespace {

LinkBank& with_link(LinkBank& bank, tdm::Line& line, std::size_t timeslot,
                    const ss7::mtp2::Config& config) {
  bank.add_line(line, 0x54);
  bank.add_link(0, timeslot, config);
  return bank;
}

}  // namespace

void Recorder::on_message(LinkNumber /*link*/, core::Octets message) {
  messages.emplace_back(core::text_of(message));
}
void Recorder::on_indication(LinkNumber /*link*/, const LinkIndication& indication) {
  indications.push_back(indication);
}
void Recorder::on_retrieved(LinkNumber /*link*/, core::Octets message) {
  retrieved.emplace_back(core::text_of(message));
}

std::size_t Recorder::count(ss7::mtp2::Action::Kind kind) const {
  return static_cast<std::size_t>(
      std::count_if(indications.begin(), indications.end(),
                    [kind](const LinkIndication& one) { return one.kind == kind; }));
}

BankEnd::BankEnd(tdm::Line& line, std::size_t timeslot, const ss7::mtp2::Config& config,
                 const MailboxSize& size)
    : bank(size), desk(with_link(bank, line, timeslot, config), user) {}

void BankEnd::tick(core::Time now) {
  {
    const rt::RealTimeSection section;
    bank.tick(now);
  }
  if (!stalled) {
    desk.turn(now);
  }
}

bool BankEnd::in_service() const {
  using Kind = ss7::mtp2::Action::Kind;
  for (auto i = user.indications.rbegin(); i != user.indications.rend(); ++i) {
    if (i->kind == Kind::in_service || i->kind == Kind::out_of_service) {
      return i->kind == Kind::in_service;
    }
  }
  return false;
}

LinkReport BankEnd::report(core::Time now) {
  LinkOrder order;
  order.kind = LinkOrder::Kind::report;
  desk.order(first_link, order);
  tick(now);
  return desk.last_report(first_link).value_or(LinkReport{});
}

std::string numbered(std::size_t number, std::size_t octets) {
  std::string text = fmt::format("number {:05}", number);
  text.resize(octets, '.');
  return text;
}

}  // namespace strowger::ss7_trunk::test
