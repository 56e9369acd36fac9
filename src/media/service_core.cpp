#include "media/service_core.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

#include "media/service_jobs.hpp"

namespace strowger::media {
namespace {

constexpr std::size_t outbox_records = 8192;

std::uint64_t random_from_system() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

}  // namespace

void free_job(Job* job) {
  switch (job->kind) {
    case Job::Kind::play:
      delete static_cast<PlayJob*>(job);
      break;
    case Job::Kind::dtmf:
      delete static_cast<DtmfJob*>(job);
      break;
    case Job::Kind::conference:
      delete static_cast<Conference*>(job);
      break;
    case Job::Kind::closed:
    case Job::Kind::moved:
      break;  // parts of their port
  }
}

ServiceCore::Lane::Lane(const ShardConfig& config, MediaClock& clock, rt::Wakeup& reader,
                        const std::vector<Shard*>& all)
    : outbox(outbox_records, reader), shard(config, clock, outbox, tally, health, all) {}

ServiceCore::ServiceCore(const ServiceConfig& config, const std::vector<MediaClock*>& clocks)
    : random_(config.random ? config.random : random_from_system),
      ports_(config.max_ports),
      range_(config.first_port, config.last_port),
      sounds_(config.sound_folders),
      router_(static_cast<std::uint32_t>(clocks.size()), config.max_ports) {
  load_tones(config.country);
  load_music(config.music_folders);
  for (MediaClock* const clock : clocks) {
    const ShardConfig shard{static_cast<std::uint32_t>(lanes_.size()),
                            static_cast<std::uint32_t>(clocks.size()), config.max_ports,
                            config.learn_window, config.cname};
    lanes_.push_back(std::make_unique<Lane>(shard, *clock, deliverer_, all_shards_));
  }
  for (const auto& lane : lanes_) {
    all_shards_.push_back(&lane->shard);
  }
}

/// Nothing runs any more: the shards' work is done here, until no command waits for anything.
void ServiceCore::settle_shards() {
  bool busy = true;
  while (busy) {
    busy = !flush_commands();
    for (const auto& lane : lanes_) {
      lane->shard.carry_out_commands();
      lane->outbox.flush();
      OutRecord record;
      while (lane->outbox.fifo().pop(record)) {
        busy = true;
        if (record.kind == OutRecord::Kind::job && record.job->kind == Job::Kind::moved) {
          on_moved(*record.job);
        } else if (record.kind == OutRecord::Kind::job) {
          free_job(record.job);
        }
      }
    }
  }
}

ServiceCore::~ServiceCore() {
  settle_shards();
  for (const auto& lane : lanes_) {
    lane->shard.close_all();
  }
  settle_shards();
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
  {
    const std::lock_guard lock(router_mutex_);
    router_.add(*id, options.near);
  }
  command(AddPort{&port});
  return OpenedPort{*id, port.local()};
}

void ServiceCore::push(std::uint32_t shard, const Command& command) {
  if (!lanes_[shard]->shard.commands().push(command)) {
    deliverer_.notify();  // the thread that delivers tries again
  }
}

bool ServiceCore::flush_commands() {
  bool all = true;
  for (const auto& lane : lanes_) {
    all = lane->shard.commands().flush() && all;
  }
  return all;
}

void ServiceCore::command(const Command& command) {
  const std::lock_guard lock(router_mutex_);
  router_.route(command, [this](std::uint32_t shard, const Command& one) { push(shard, one); });
}

void ServiceCore::on_moved(const Job& job) {
  const std::lock_guard lock(router_mutex_);
  router_.arrived(job.port, [this](std::uint32_t shard, const Command& one) { push(shard, one); });
}

Result<ConferenceId> ServiceCore::open_conference(PortId near) {
  const std::lock_guard lock(router_mutex_);
  const auto placed = router_.add_conference(near);
  if (!placed) {
    return core::fail(MediaError::too_many_conferences);
  }
  push(placed->shard, AddConference{std::make_unique<Conference>(placed->id).release()});
  return placed->id;
}

void ServiceCore::close_conference(ConferenceId conference) {
  const std::lock_guard lock(router_mutex_);
  if (const auto shard = router_.remove_conference(conference)) {
    push(*shard, CloseConference{conference});
  }
}

Result<void> ServiceCore::announce(ConferenceId conference, const std::vector<Sound>& sounds) {
  auto job = job_for(sounds);
  if (!job) {
    return core::fail(job.error());
  }
  command(Announce{conference, job->release()});
  return {};
}

void ServiceCore::load_tones(const std::string& country) {
  const TonePlan plan = tone_plan(country);
  if (plan.empty()) {
    throw std::runtime_error("country=" + country +
                             ": no tones are known for it; use one of at au be ch cz de dk es fi "
                             "fr gr hu in it jp nl no nz pl pt se uk us za");
  }
  for (const auto& [name, script] : plan) {
    tones_.emplace(name, std::make_shared<const ToneScript>(script));
  }
}

void ServiceCore::load_music(const std::map<std::string, std::string>& folders) {
  for (const auto& [name, folder] : folders) {
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

Result<std::unique_ptr<PlayJob>> ServiceCore::job_for(const std::vector<Sound>& sounds) {
  auto job = std::make_unique<PlayJob>();
  for (const Sound& sound : sounds) {
    auto part = part_of(sound);
    if (!part) {
      return core::fail(part.error());
    }
    job->list.parts.push_back(std::move(*part));
  }
  return job;
}

Result<void> ServiceCore::play(PortId port, const std::vector<Sound>& sounds, Tag tag,
                               bool repeat) {
  auto job = job_for(sounds);
  if (!job) {
    return core::fail(job.error());
  }
  (*job)->port = port;
  (*job)->tag = tag;
  (*job)->list.repeat = repeat;
  command(PlaySounds{job->release()});
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

std::vector<QueueFigures> ServiceCore::queues() const {
  std::vector<QueueFigures> all;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const std::string thread = "media-" + std::to_string(i);
    all.push_back({"commands to " + thread, lanes_[i]->shard.commands().figures()});
    all.push_back({"events from " + thread, lanes_[i]->outbox.figures()});
    all.push_back({"log of " + thread, lanes_[i]->health.log().figures()});
  }
  return all;
}

ShardCounters ServiceCore::counters(std::uint32_t shard) const {
  const ShardTally& tally = lanes_[shard]->tally;
  const auto read = [](const ShardTally::Count& count) {
    return count.load(std::memory_order_relaxed);
  };
  ShardCounters counters;
  counters.ticks = read(tally.ticks);
  counters.ticks_missed = read(tally.ticks_missed);
  counters.ticks_skipped = read(tally.ticks_skipped);
  counters.ports = read(tally.ports);
  counters.moved = read(tally.moved);
  counters.packets_forwarded = read(tally.packets_forwarded);
  counters.packets_invalid = read(tally.packets_invalid);
  counters.sends_failed = read(tally.sends_failed);
  counters.events_lost = read(tally.events_lost);
  return counters;
}

}  // namespace strowger::media
