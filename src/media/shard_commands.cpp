// What a shard does when it is told to.
#include "media/shard.hpp"

namespace strowger::media {

void Shard::carry_out(const AddPort& command) {
  command.port->due = last_tick_at_;
  seat(*command.port, least_loaded_slot());
}

void Shard::carry_out(const ClosePort& command) {
  if (Port* const port = find(command.port)) {
    unseat(*port);
    port->close(room(clock_.now()));
  }
}

void Shard::carry_out(const SetRemote& command) {
  if (Port* const port = find(command.port)) {
    port->set_remote(command.remote, room(clock_.now()));
  }
}

void Shard::carry_out(const BridgePorts& command) {
  Port* const a = find(command.a);
  Port* const b = find(command.b);
  if (a != nullptr && b != nullptr) {
    Port::bridge(*a, *b);
  }
}

void Shard::carry_out(const UnbridgePort& command) {
  if (Port* const port = find(command.port)) {
    port->unbridge();
  }
}

void Shard::carry_out(const EchoPort& command) {
  if (Port* const port = find(command.port)) {
    port->set_echo(command.on);
  }
}

void Shard::carry_out(const PlaySounds& command) {
  if (Port* const port = find(command.job->port)) {
    port->play(*command.job, room(clock_.now()));
  } else {
    outbox_.give_back(*command.job);
  }
}

void Shard::carry_out(const StopPlaying& command) {
  if (Port* const port = find(command.port)) {
    port->stop_playing(room(clock_.now()));
  }
}

void Shard::carry_out(const SendDtmf& command) {
  if (Port* const port = find(command.job->port)) {
    port->send_dtmf(*command.job);
  } else {
    outbox_.give_back(*command.job);
  }
}

void Shard::carry_out(const DetectDtmf& command) {
  if (Port* const port = find(command.port)) {
    port->detect_dtmf(command.on);
  }
}

/// Packets that wait in the sockets go with them.
void Shard::carry_out(const MovePort& command) {
  if (Port* const port = find(command.port)) {
    unseat(*port);
    port->depart();
    Shard& to = *peers_[command.shard];
    to.inboxes_[config_.index]->fifo.push({port, config_.index});
    to.wakeup_.notify();
  }
}

void Shard::carry_out(const AddConference& command) {
  conferences_[command.conference->id().slot] = command.conference;
}

void Shard::carry_out(const CloseConference& command) {
  Conference* const conference = find(command.conference);
  if (conference == nullptr) {
    return;
  }
  for (Port* const port : ports_) {
    if (port != nullptr && port->conference() == conference) {
      port->leave_conference();
    }
  }
  give_back_announcement(*conference);
  conferences_[command.conference.slot] = nullptr;
  outbox_.give_back(*conference);
}

void Shard::carry_out(const JoinConference& command) {
  Port* const port = find(command.port);
  Conference* const conference = find(command.conference);
  if (port != nullptr && conference != nullptr) {
    port->join(*conference, command.seat);
  }
}

void Shard::carry_out(const LeaveConference& command) {
  if (Port* const port = find(command.port)) {
    port->leave_conference();
  }
}

void Shard::carry_out(const Announce& command) {
  Conference* const conference = find(command.conference);
  if (conference == nullptr) {
    outbox_.give_back(*command.job);
  } else if (PlayJob* const before = conference->announce(command.job)) {
    outbox_.give_back(*before);
  }
}

}  // namespace strowger::media
