// Calls that dial, for tests.
#pragma once

#include <string>

#include "exchange/exchange_fixture.hpp"

namespace strowger::exchange {

class Dial : public ExchangeTest {
 protected:
  /// Dials with these arguments; afterwards, or in h, the log tells the variables.
  void start_dial(const std::string& arguments) {
    const std::string tell =
        "Log(NOTICE,status=${DIALSTATUS} cause=${HANGUPCAUSE} dialed=${DIALEDTIME} "
        "answered=${ANSWEREDTIME} peer=${DIALEDPEERNAME} number=${DIALEDPEERNUMBER})\n";
    start("[default]\nexten => 1,1,Dial(" + arguments + ")\nsame => n,NoOp(went on)\nsame => n," +
          tell + "exten => 2,1,Answer()\nsame => n,Dial(" + arguments + ")\nexten => h,1," + tell);
    dial("1");
  }
  [[nodiscard]] bool bridged(const std::string& one, const std::string& other) {
    return port_of(one).partner == driver.leg(other).port;
  }
};

}  // namespace strowger::exchange
