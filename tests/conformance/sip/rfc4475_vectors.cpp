#include "rfc4475_vectors.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <variant>
#include <vector>

#include "crypto/random.hpp"
#include "sip/engine.hpp"

namespace strowger::sip {
namespace {

std::shared_ptr<Settings> open_exchange() {
  auto settings = std::make_shared<Settings>();
  const auto address = core::Address::ipv4(192, 0, 2, 200, 5060);
  settings->listeners.push_back({Transport::udp, address, address, {}, {DigestAlgorithm::md5}});
  settings->allow_guest = true;
  settings->peers["user"].name = "user";
  settings->peers["user"].authenticate = false;
  return settings;
}

std::string status_of(core::Octets sent) {
  Message response;
  if (!parse_message(sent, response) || !response.is_response()) {
    return "no response";
  }
  return std::to_string(response.status());
}

}  // namespace

void Rfc4475::load(std::string_view name) {
  const char* const folder = std::getenv("STROWGER_VECTORS");
  const std::string root = folder != nullptr ? folder : "../shared/vectors";
  std::ifstream file(root + "/sip/" + std::string(name) + ".dat", std::ios::binary);
  if (!file) {
    GTEST_SKIP() << "skipped: no vectors";
  }
  octets_.assign(std::istreambuf_iterator<char>(file), {});
  parsed_ = parse_message(core::octets_of(octets_), message_);
  if (parsed_) {
    verdict_ = validate(message_);
  }
}

std::string engine_reaction_to(const std::string& datagram) {
  crypto::SeededRandom random(4475);
  Engine engine(open_exchange(), {100, 10, 10, 10, 10}, random);
  std::vector<Action> records(Engine::max_step.records);
  std::vector<core::Octet> arena(Engine::max_step.octets);
  core::Actions<Action> actions(records, arena);
  const Flow source{Transport::udp, 0, 0, core::Address::ipv4(192, 0, 2, 9, 5060)};
  const std::size_t consumed =
      engine.input(core::octets_of(datagram), source, core::Time{1'000'000'000}, actions);
  EXPECT_EQ(consumed, datagram.size()) << "a datagram is taken whole";
  std::string reaction;
  for (const Action& action : actions.all()) {
    if (const auto* send = std::get_if<Send>(&action)) {
      EXPECT_EQ(send->flow.remote, source.remote);
      reaction += (reaction.empty() ? "" : ", ") + status_of(send->octets);
    } else if (std::holds_alternative<CallIncoming>(action)) {
      reaction += (reaction.empty() ? "" : ", ") + std::string("call");
    }
  }
  return reaction.empty() ? "nothing" : reaction;
}

void Rfc4475::expect_accepted() const {
  ASSERT_TRUE(parsed_) << to_string(parsed_.error().code);
  EXPECT_TRUE(verdict_.accepted())
      << to_string(verdict_.error.code) << " in " << to_string(verdict_.header);
  EXPECT_FALSE(message_.defect());
}

void Rfc4475::expect_answered(std::uint16_t status, ParseCode why, HeaderName header) const {
  ASSERT_TRUE(parsed_) << to_string(parsed_.error().code);
  EXPECT_EQ(verdict_.kind, Verdict::Kind::respond);
  EXPECT_EQ(verdict_.status, status);
  EXPECT_STREQ(to_string(verdict_.error.code), to_string(why));
  EXPECT_EQ(to_string(verdict_.header), to_string(header));
  EXPECT_EQ(engine_reaction(), std::to_string(status));
}

void Rfc4475::expect_dropped(ParseCode why) const {
  ASSERT_TRUE(parsed_) << to_string(parsed_.error().code);
  EXPECT_EQ(verdict_.kind, Verdict::Kind::drop);
  EXPECT_STREQ(to_string(verdict_.error.code), to_string(why));
  EXPECT_EQ(engine_reaction(), "nothing");
}

Uri Rfc4475::uri_of(HeaderName name) const {
  const auto address = message_.first_name_addr(name);
  const auto uri = address ? address->parsed_uri() : parse_uri("");
  EXPECT_TRUE(uri) << to_string(name);
  return uri.value_or(Uri{});
}

}  // namespace strowger::sip
