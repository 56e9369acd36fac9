#include "world.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "base/conf.hpp"
#include "exchange/applications/application.hpp"
#include "exchange/dialplan/load.hpp"

namespace strowger::simulation {
namespace {

constexpr const char* dialplan_text =
    "[default]\n"
    "exten => _1XX,1,Dial(SIP/phone${EXTEN:1},15)\n"
    "same => n,GotoIf($[\"${DIALSTATUS}\" = \"BUSY\"]?busy)\n"
    "same => n,Congestion(2)\n"
    "same => n(busy),Busy(2)\n"
    "exten => 500,1,Answer()\n"
    "same => n,Background(menu)\n"
    "same => n,WaitExten(3)\n"
    "exten => t,1,Playback(bye)\n"
    "exten => 600,1,Answer()\n"
    "same => n,Echo()\n"
    "exten => 700,1,Busy(2)\n"
    "exten => h,1,Set(ENDED=1)\n";

core::Address host(std::size_t network, std::size_t number) {
  return core::Address::ipv4(10, 0, static_cast<std::uint8_t>(network),
                             static_cast<std::uint8_t>(number), 5060);
}

std::string phone_name(std::size_t index) {
  return "phone" + std::string(index < 10 ? "0" : "") + std::to_string(index);
}

std::shared_ptr<const exchange::dialplan::Dialplan> dialplan() {
  const auto file = base::read_conf("extensions.conf", [](const std::string&) {
    return std::optional<std::string>(dialplan_text);
  });
  return exchange::dialplan::load_dialplan(*file, {exchange::application_names()}).dialplan;
}

std::shared_ptr<const exchange::drivers::SipConfig> sip_config(std::size_t phones) {
  std::string text = "[general]\nbindaddr=10.0.0.1\nallowguest=no\n";
  for (std::size_t i = 0; i < phones; ++i) {
    text += "[" + phone_name(i) +
            "]\ntype=friend\nhost=" + std::string(host(1, i + 1).host_text().view()) + "\n";
  }
  const auto file =
      base::read_conf("sip.conf", [&](const std::string&) { return std::optional(text); });
  std::vector<base::ConfError> errors;
  std::vector<base::ConfError> notices;
  return exchange::drivers::load_sip_conf(*file, errors, notices);
}

}  // namespace

World::World(std::uint64_t seed, std::size_t phone_count, const io::LinkOptions& link,
             const Habits& habits)
    : network(seed),
      random(seed ^ 0x5DEECE66DU),
      signalling(network.add_host("exchange", {host(0, 1).with_port(0)})),
      worker(network.add_host("worker", {})),
      media(worker) {
  network.set_default_link(link);
  exchange::Config config;
  config.random_seed = seed;
  const exchange::Services services{media, records, nullptr, zones, base::Logger()};
  exchange =
      std::make_unique<exchange::Exchange>(config, services, std::vector<io::Loop*>{&worker});
  sip = std::make_unique<exchange::drivers::SipDriver>(exchange::drivers::SipDriver::Parts{
      signalling, *exchange, media, random, base::Logger(), registrations,
      [](const std::string& text) { std::fputs(text.c_str(), stderr); }, nullptr, nullptr});
  sip->trace(std::getenv("STROWGER_TRACE") != nullptr);
  exchange->add_driver(*sip);
  exchange->set_dialplan(dialplan());
  if (const auto started = sip->start(sip_config(phone_count)); !started) {
    throw std::runtime_error(started.error().text);
  }
  for (std::size_t i = 0; i < phone_count; ++i) {
    auto& loop = network.add_host(phone_name(i), {host(1, i + 1).with_port(0)});
    phones.push_back(
        std::make_unique<Phone>(loop, host(1, i + 1), host(0, 1), seed * 1000 + i, habits));
  }
}

World::~World() {
  phones.clear();
  sip.reset();
  exchange->clear();
}

void World::let_them_call(core::Duration time, std::size_t rounds) {
  for (std::size_t round = 0; round < rounds; ++round) {
    for (auto& phone : phones) {
      const auto wait = core::Duration{
          static_cast<std::int64_t>(random.fraction() * static_cast<double>(time.ns))};
      const auto choice = random.below(phones.size() + 4);
      const std::string number =
          choice < phones.size()
              ? "1" + phone_name(choice).substr(5)
              : std::vector<std::string>{"500", "600", "700", "999"}[choice - phones.size()];
      signalling.call_at(network.now() + wait, [p = phone.get(), number] { p->dial(number); });
    }
  }
}

void World::wind_up() {
  for (auto& phone : phones) {
    phone->hang_up_all();
  }
  // Timer C (180 s) and after it 64*T1 of everything that was left.
  network.run_for(core::seconds(400));
}

std::string World::leftovers() {
  std::string text;
  const auto say = [&](const std::string& what, std::size_t count) {
    if (count != 0) {
      text += what + " " + std::to_string(count) + "; ";
    }
  };
  say("calls of the exchange", exchange->counters().calls);
  say("legs of the exchange", exchange->counters().legs);
  say("media ports", media.open_ports());
  say("SIP legs", sip->legs());
  say("SIP transactions of the exchange", sip->transactions());
  for (std::size_t i = 0; i < phones.size(); ++i) {
    say("calls of " + phone_name(i), phones[i]->calls_now());
    say("transactions of " + phone_name(i), phones[i]->transactions());
  }
  return text;
}

std::uint64_t seed_or(std::uint64_t fallback) {
  const char* given = std::getenv("STROWGER_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : fallback;
}

}  // namespace strowger::simulation
