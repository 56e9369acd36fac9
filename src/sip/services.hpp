// What the parts of the engine share, and a request on its way through them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/random.hpp"
#include "sip/compose.hpp"
#include "sip/digest_auth.hpp"
#include "sip/engine.hpp"
#include "sip/flow_table.hpp"
#include "sip/message.hpp"
#include "sip/output.hpp"
#include "sip/settings.hpp"
#include "sip/timers.hpp"
#include "sip/transaction_layer.hpp"

namespace strowger::sip {

/// Everything below calls and registrations, put together.
struct Services {
  Services(std::shared_ptr<const Settings> settings, const EngineLimits& limits,
           crypto::Random& random, TransactionUser& user);

  void configure(std::shared_ptr<const Settings> changed);

  std::shared_ptr<const Settings> settings;
  crypto::Random& random;
  Counters counters;
  Output out;
  Timers timers;
  FlowTable flows;
  Composer composer;
  TransactionLayer transactions;
  DigestClient digest_client;
};

/// A request that has a server transaction (or none, when it is answered without).
struct Request {
  const Message& message;
  Flow source;  // where it came from
  Flow back;    // where responses go
  TransactionHandle transaction;
};

/// Composes a response and sends it in the request's transaction, or without one.
void answer(Services& services, const Request& request, std::uint16_t status,
            const ResponseParts& parts = {});

}  // namespace strowger::sip
