// What normal threads ask of a media thread. Ports and jobs change owner with the command.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "media/conference.hpp"
#include "media/job.hpp"
#include "media/port.hpp"

namespace strowger::media {

struct AddPort {
  Port* port;
};
struct ClosePort {
  PortId port;
};
struct SetRemote {
  PortId port;
  Remote remote;
};
struct BridgePorts {
  PortId a;
  PortId b;
};
struct UnbridgePort {
  PortId port;
};
struct EchoPort {
  PortId port;
  bool on;
};
struct PlaySounds {
  PlayJob* job;
};
struct StopPlaying {
  PortId port;
};
struct SendDtmf {
  DtmfJob* job;
};
struct DetectDtmf {
  PortId port;
  bool on;
};
/// To another shard, out of bridge and conference, with all else that it has.
struct MovePort {
  PortId port;
  std::uint32_t shard;
};
struct AddConference {
  Conference* conference;
};
struct CloseConference {
  ConferenceId conference;
};
struct JoinConference {
  PortId port;
  ConferenceId conference;
  SeatOptions seat;
};
struct LeaveConference {
  PortId port;
};
/// The job is for nobody's port.
struct Announce {
  ConferenceId conference;
  PlayJob* job;
};
using Command = std::variant<AddPort, ClosePort, SetRemote, BridgePorts, UnbridgePort, EchoPort,
                             PlaySounds, StopPlaying, SendDtmf, DetectDtmf, MovePort, AddConference,
                             CloseConference, JoinConference, LeaveConference, Announce>;

/// The ports that a command is about; invalid ones where there are fewer than two.
[[nodiscard]] std::array<PortId, 2> ports_of(const Command& command);

}  // namespace strowger::media
