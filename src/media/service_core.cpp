#include "media/service_core.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

#include <poll.h>

namespace strowger::media {
namespace {

constexpr std::size_t outbox_records = 8192;
/// How soon commands that had no room are tried again.
constexpr int retry_ms = 10;

void free_job(Job* job) {
  switch (job->kind) {
    case Job::Kind::play:
      delete static_cast<PlayJob*>(job);
      break;
    case Job::Kind::dtmf:
      delete static_cast<DtmfJob*>(job);
      break;
    case Job::Kind::closed:
      break;  // part of its port
  }
}

std::uint64_t random_from_system() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

}  // namespace

ServiceCore::ServiceCore(const ServiceConfig& config, MediaClock& clock)
    : random_(config.random ? config.random : random_from_system),
      ports_(config.max_ports),
      range_(config.first_port, config.last_port),
      sounds_(config.sound_folders),
      outbox_(outbox_records),
      shard_({config.max_ports, config.learn_window, config.cname}, clock, outbox_, tally_) {
  const TonePlan plan = tone_plan(config.country);
  if (plan.empty()) {
    throw std::runtime_error("country=" + config.country +
                             ": no tones are known for it; use one of at au be ch cz de dk es fi "
                             "fr gr hu in it jp nl no nz pl pt se uk us za");
  }
  for (const auto& [name, script] : plan) {
    tones_.emplace(name, std::make_shared<const ToneScript>(script));
  }
  for (const auto& [name, folder] : config.music_folders) {
    const auto music = read_music(folder);
    if (!music) {
      throw std::runtime_error(std::string("music class ")
                                   .append(name)
                                   .append(": no sound files in ")
                                   .append(folder)
                                   .append("; scripts/make-sounds makes some"));
    }
    music_.emplace(name, *music);
  }
}

ServiceCore::~ServiceCore() {
  bool flushed = false;
  while (!flushed) {
    flushed = shard_.commands().flush();
    shard_.carry_out_commands();
  }
  shard_.close_all();
  OutRecord record;
  bool more = true;
  while (more) {
    more = false;
    while (outbox_.fifo().pop(record)) {
      more = true;
      if (record.kind == OutRecord::Kind::job) {
        free_job(record.job);
      }
    }
    outbox_.flush();
  }
}

Result<OpenedPort> ServiceCore::open(const PortOptions& options, EventSink& sink) {
  const auto id = ports_.reserve(sink);
  if (!id) {
    return core::fail(MediaError::too_many_ports);
  }
  PortSetup setup;
  {
    const std::lock_guard lock(open_mutex_);
    auto sockets = range_.open(options.local);
    if (!sockets) {
      ports_.give_up(*id);
      return core::fail(sockets.error());
    }
    setup.rtp_socket = std::move(sockets->rtp);
    setup.rtcp_socket = std::move(sockets->rtcp);
    setup.local = sockets->local;
    setup.random = random_();
  }
  setup.id = *id;
  setup.timeout = options.timeout;
  setup.hold_timeout = options.hold_timeout;
  Port& port = ports_.fill(*id, std::make_unique<Port>(std::move(setup)));
  command(AddPort{&port});
  return OpenedPort{*id, port.local()};
}

void ServiceCore::command(const Command& command) {
  if (!shard_.commands().push(command)) {
    outbox_.wakeup().notify();  // the thread that delivers tries again
  }
}

Result<Part> ServiceCore::part_of_tone(const std::string& name) {
  if (const auto known = tones_.find(name); known != tones_.end()) {
    return Part(TonePart{known->second});
  }
  auto script = parse_tone(name);
  if (!script) {
    return core::fail(MediaError::no_such_sound);
  }
  return Part(TonePart{std::make_shared<const ToneScript>(std::move(*script))});
}

Result<Part> ServiceCore::part_of(const Sound& sound) {
  if (const auto* const silence = std::get_if<Silence>(&sound)) {
    const auto samples = silence->length.milliseconds() * (sample_rate / 1000);
    return Part(SilentPart{static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(samples, 0, std::int64_t{sample_rate} * 86'400))});
  }
  if (const auto* const file = std::get_if<File>(&sound)) {
    const auto clip = sounds_.find(file->name);
    if (!clip) {
      return core::fail(clip.error());
    }
    return Part(ClipPart{*clip});
  }
  if (const auto* const tone = std::get_if<Tone>(&sound)) {
    return part_of_tone(tone->name);
  }
  auto music = music_.find(std::get<MusicOnHold>(sound).music_class);
  if (music == music_.end()) {
    music = music_.find("default");
  }
  if (music == music_.end()) {
    return core::fail(MediaError::no_such_sound);
  }
  return Part(MusicPart{music->second});
}

Result<void> ServiceCore::play(PortId port, const std::vector<Sound>& sounds, Tag tag,
                               bool repeat) {
  auto job = std::make_unique<PlayJob>();
  job->port = port;
  job->tag = tag;
  job->list.repeat = repeat;
  for (const Sound& sound : sounds) {
    auto part = part_of(sound);
    if (!part) {
      return core::fail(part.error());
    }
    job->list.parts.push_back(std::move(*part));
  }
  command(PlaySounds{job.release()});
  return {};
}

void ServiceCore::send_dtmf(PortId port, std::string_view digits, core::Duration tone_length,
                            core::Duration gap, DtmfMode mode, Tag tag) {
  auto job = std::make_unique<DtmfJob>();
  job->port = port;
  job->tag = tag;
  job->digits = digits;
  job->tone_length = tone_length;
  job->gap = gap;
  job->mode = mode;
  command(SendDtmf{job.release()});
}

ShardCounters ServiceCore::counters() const {
  const auto read = [](const ShardTally::Count& count) {
    return count.load(std::memory_order_relaxed);
  };
  ShardCounters counters;
  counters.ticks = read(tally_.ticks);
  counters.ticks_missed = read(tally_.ticks_missed);
  counters.ticks_skipped = read(tally_.ticks_skipped);
  counters.packets_forwarded = read(tally_.packets_forwarded);
  counters.packets_invalid = read(tally_.packets_invalid);
  counters.sends_failed = read(tally_.sends_failed);
  counters.events_lost = read(tally_.events_lost);
  return counters;
}

/// The sink is called with nothing held; it may call the service again.
void ServiceCore::deliver_job(Job* job) {
  EventSink* const sink = ports_.sink_of(job->port);
  if (job->kind == Job::Kind::closed) {
    const auto port = ports_.remove(job->port);
    if (sink != nullptr && port != nullptr) {
      sink->on_media_event(PortClosed{port->id(), port->quality()});
    }
    return;
  }
  if (sink != nullptr && job->kind == Job::Kind::play) {
    sink->on_media_event(PlayEnded{job->port, job->tag, job->completed});
  }
  if (sink != nullptr && job->kind == Job::Kind::dtmf && job->completed) {
    sink->on_media_event(DtmfSent{job->port, job->tag});
  }
  free_job(job);
}

bool ServiceCore::deliver() {
  OutRecord record;
  bool any = false;
  while (outbox_.fifo().pop(record)) {
    any = true;
    if (record.kind == OutRecord::Kind::job) {
      deliver_job(record.job);
      continue;
    }
    EventSink* const sink = ports_.sink_of(record.port);
    if (sink == nullptr) {
      continue;
    }
    if (record.kind == OutRecord::Kind::digit) {
      sink->on_media_event(DtmfReceived{record.port, record.digit, record.length});
    } else {
      sink->on_media_event(MediaTimedOut{record.port});
    }
  }
  return any;
}

void ServiceCore::deliver_until_stopped() {
  rt::Wakeup& wakeup = outbox_.wakeup();
  while (!stop_.load(std::memory_order_acquire)) {
    deliver();
    wakeup.announce_sleep();
    const bool backlog = !shard_.commands().flush();
    if (outbox_.fifo().empty() && !stop_.load(std::memory_order_acquire)) {
      pollfd sleep{wakeup.descriptor(), POLLIN, 0};
      poll(&sleep, 1, backlog ? retry_ms : -1);
    }
    wakeup.wake_done();
    wakeup.drain();
  }
}

void ServiceCore::request_stop() {
  stop_.store(true, std::memory_order_release);
  outbox_.wakeup().notify();
}

}  // namespace strowger::media
