// What passes between a link and level 3, and between a link and the framing below it (Q.703 1.7,
// Figure 1). Freestanding plain values.
#pragma once

#include <cstdint>

#include "core/octets.hpp"
#include "ss7/mtp2/counters.hpp"

namespace strowger::ss7::mtp2 {

/// Orders of level 3.
struct Command {
  enum class Kind : std::uint8_t {
    power_on,   // first of all, once; SIOS is sent from then on
    start,      // align, and come into service
    stop,       // out of service, for as long as nobody starts it again
    emergency,  // prove for half a second, in the alignment at hand or the next
    emergency_ceases,
    local_processor_outage,     // nobody above takes messages: SIPO is sent
    local_processor_recovered,  // then resume or flush_buffers brings the link back into service
    resume,                     // after a processor outage of either end: go on where we were
    flush_buffers,              // the same, but what was not acknowledged is forgotten
    message,                    // `message`: SIO and SIF
    retrieve_bsnt,              // gives the action bsnt (changeover, Q.704 5.4)
    retrieve_messages,          // `fsnc`: gives what the other end has not received
    congestion_discard,         // no room above: messages are dropped and asked for again later
    congestion_accept,          // little room above: messages are taken, not acknowledged
    congestion_over,
  };
  Kind kind = Kind::start;
  core::Octets message;    // copied before the call returns
  std::uint16_t fsnc = 0;  // the last the other end accepted, from its changeover message
};

/// Why a command was refused; nothing has changed then.
enum class Refusal : std::uint8_t {
  state_does_not_provide,  // Q.703 has no arrow for it in the state the link is in
  message_too_short,       // less than min_message_octets: it could not be told from a status unit
  message_too_long,
  no_room,  // as many messages wait as there are slots
};

/// Indications to level 3.
struct Action {
  enum class Kind : std::uint8_t {
    in_service,
    out_of_service,              // `reason`; not after the command stop
    remote_processor_outage,     // the link holds messages back; it may come before in_service, or
                                 // in its stead where the other end is out from the beginning
    remote_processor_recovered,  // waits for resume or flush_buffers
    message,                     // `message`: SIO and SIF, in sequence; a view into the input
    bsnt,                        // `number`: of the last message accepted
    retrieved_message,           // `message`, oldest first; in the arena
    retrieval_complete,          // also where there was none
  };
  Kind kind = Kind::in_service;
  FailureReason reason = FailureReason::none;
  std::uint16_t number = 0;
  core::Octets message;
};

/// What the framing saw other than undamaged units.
enum class LineEvent : std::uint8_t {
  unit_in_error,  // wrong check bits, too short, no whole octets; or 16 octets passed while
                  // octets are counted (hdlc::is_unit_in_error)
};

}  // namespace strowger::ss7::mtp2
