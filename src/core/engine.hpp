// The engine contract (ARCHITECTURE.md, "The engine contract") as concepts. Freestanding.
//
// An engine is a concrete class with its own Action, Event and Command types. It includes no
// socket, thread, clock or file: octets, events, commands and the time go in, actions come out, and
// the driver delivers them after the call has returned.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

#include "core/actions.hpp"
#include "core/octets.hpp"
#include "core/time.hpp"

namespace strowger::core {

/// What every engine has. `expire` does whatever is due at `now`; `next_deadline` says in O(1) when
/// to call it next. When room ran short, the engine has stopped early and `next_deadline() <= now`.
template <class E>
concept Engine = requires(E engine, const E constant, Time now,
                          Actions<typename E::Action>& actions,
                          const typename E::Command& command) {
  typename E::Action;
  typename E::Command;
  { E::max_step } -> std::convertible_to<StepSize>;
  engine.command(command, now, actions);
  { engine.expire(now, actions) } -> std::same_as<void>;
  { constant.next_deadline() } -> std::same_as<std::optional<Time>>;
};

/// Takes octets from the wire and says how many it consumed (streams may consume in part).
template <class E>
concept InputEngine = Engine<E> &&
    requires(E engine, Octets octets, const typename E::Source& source, Time now,
             Actions<typename E::Action>& actions) {
  typename E::Source;
  { engine.input(octets, source, now, actions) } -> std::same_as<std::size_t>;
};

/// Is told of what happened below: flows opened and closed, sends failed, completions.
template <class E>
concept EventEngine = Engine<E> && requires(E engine, const typename E::Event& event, Time now,
                                            Actions<typename E::Action>& actions) {
  typename E::Event;
  { engine.event(event, now, actions) } -> std::same_as<void>;
};

/// Is asked for octets when the lower side has room for them. One engine, one lower side.
template <class E>
concept TransmitEngine = Engine<E> && requires(E engine, MutableOctets room, Time now) {
  { engine.transmit(room, now) } -> std::same_as<std::size_t>;
};

/// The same for engines with many lower sides: a Source is where octets go as well.
template <class E>
concept FlowTransmitEngine = Engine<E> &&
    requires(E engine, const typename E::Source& to, MutableOctets room, Time now) {
  typename E::Source;
  { engine.transmit(to, room, now) } -> std::same_as<std::size_t>;
};

}  // namespace strowger::core
