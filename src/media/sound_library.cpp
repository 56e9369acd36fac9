#include "media/sound_library.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <sndfile.h>

namespace strowger::media {
namespace {

namespace fs = std::filesystem;

struct Ending {
  std::string_view text;
  int raw_format;  // 0: the file says itself what it is
};
constexpr std::array<Ending, 10> endings{
    {{".wav", 0},
     {".sln", SF_FORMAT_RAW | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE},
     {".ulaw", SF_FORMAT_RAW | SF_FORMAT_ULAW},
     {".ul", SF_FORMAT_RAW | SF_FORMAT_ULAW},
     {".pcm", SF_FORMAT_RAW | SF_FORMAT_ULAW},
     {".alaw", SF_FORMAT_RAW | SF_FORMAT_ALAW},
     {".al", SF_FORMAT_RAW | SF_FORMAT_ALAW},
     {".flac", 0},
     {".ogg", 0},
     {".au", 0}}};

constexpr double longest_seconds = 3600;

const Ending* ending_of(std::string_view path) {
  for (const Ending& ending : endings) {
    if (path.ends_with(ending.text)) {
      return &ending;
    }
  }
  return nullptr;
}

/// One channel of what the file holds: the mean of all of them.
std::vector<float> read_mono(SNDFILE* file, const SF_INFO& info) {
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> block(4096 * channels);
  std::vector<float> mono;
  sf_count_t count = 0;
  while ((count = sf_readf_float(file, block.data(), 4096)) > 0) {
    for (std::size_t frame = 0; frame < static_cast<std::size_t>(count); ++frame) {
      float sum = 0;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        sum += block[frame * channels + channel];
      }
      mono.push_back(sum / static_cast<float>(channels));
    }
  }
  return mono;
}

bool leads_out(std::string_view name) {
  const fs::path path(name);
  return std::find(path.begin(), path.end(), "..") != path.end();
}

/// The file that a name means within a folder; empty where there is none.
std::string file_of(const std::string& folder, std::string_view name) {
  std::string base = folder + "/" + std::string(name);
  std::error_code error;
  if (ending_of(base) != nullptr && fs::is_regular_file(base, error)) {
    return base;
  }
  for (const Ending& ending : endings) {
    std::string path = base + std::string(ending.text);
    if (fs::is_regular_file(path, error)) {
      return path;
    }
  }
  return {};
}

}  // namespace

Result<ClipRef> read_sound(const std::string& path) {
  const Ending* const ending = ending_of(path);
  SF_INFO info{};
  if (ending != nullptr && ending->raw_format != 0) {
    info.format = ending->raw_format;
    info.samplerate = sample_rate;
    info.channels = 1;
  }
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open(path.c_str(), SFM_READ, &info),
                                                         &sf_close);
  if (file == nullptr || info.samplerate < 1000 || info.channels < 1 ||
      static_cast<double>(info.frames) > longest_seconds * info.samplerate) {
    return core::fail(MediaError::other);
  }
  auto clip = std::make_shared<Clip>();
  clip->samples = resampled(read_mono(file.get(), info), info.samplerate);
  return ClipRef(std::move(clip));
}

ClipRef SoundLibrary::kept(std::string_view name) {
  const std::lock_guard lock(mutex_);
  ++requests_;
  const auto found = kept_.find(name);
  if (found == kept_.end()) {
    return nullptr;
  }
  found->second.used = requests_;
  return found->second.clip;
}

/// The one that is kept: another thread may have read the same file meanwhile.
ClipRef SoundLibrary::keep(std::string_view name, ClipRef clip) {
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = kept_.emplace(name, Kept{std::move(clip), requests_});
  ClipRef one = place->second.clip;
  if (is_new) {
    octets_ += one->samples.size() * sizeof(Sample);
    make_room();
  }
  return one;
}

Result<ClipRef> SoundLibrary::find(std::string_view name) {
  if (ClipRef clip = kept(name)) {
    return clip;
  }
  if (name.empty() || leads_out(name)) {
    return core::fail(MediaError::no_such_sound);
  }
  for (const std::string& folder : folders_) {
    const std::string path = file_of(folder, name);
    if (path.empty()) {
      continue;
    }
    auto clip = read_sound(path);
    return clip ? Result<ClipRef>(keep(name, std::move(*clip))) : clip;
  }
  return core::fail(MediaError::no_such_sound);
}

std::size_t SoundLibrary::preload(const std::atomic<bool>& stop) {
  std::set<std::string> names;
  for (const std::string& folder : folders_) {
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, error), end; at != end && !error;
         at.increment(error)) {
      if (ending_of(at->path().string()) != nullptr) {
        names.insert(fs::relative(at->path(), folder, error).replace_extension().string());
      }
    }
  }
  const auto has_room = [this] {
    const std::lock_guard lock(mutex_);
    return octets_ < most_octets_ / 4 * 3;
  };
  for (auto name = names.begin(); name != names.end() && !stop && has_room(); ++name) {
    (void)find(*name);
  }
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

void SoundLibrary::make_room() {
  while (octets_ > most_octets_) {
    auto oldest = kept_.end();
    for (auto at = kept_.begin(); at != kept_.end(); ++at) {
      const bool unused = at->second.clip.use_count() == 1;
      if (unused && (oldest == kept_.end() || at->second.used < oldest->second.used)) {
        oldest = at;
      }
    }
    if (oldest == kept_.end()) {
      return;
    }
    octets_ -= oldest->second.clip->samples.size() * sizeof(Sample);
    kept_.erase(oldest);
  }
}

Result<std::shared_ptr<const MusicClass>> read_music(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (ending_of(entry.path().string()) != nullptr) {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  auto music = std::make_shared<MusicClass>();
  for (const std::string& path : paths) {
    if (const auto clip = read_sound(path)) {
      music->samples.insert(music->samples.end(), (*clip)->samples.begin(), (*clip)->samples.end());
    }
  }
  if (music->samples.empty()) {
    return core::fail(MediaError::no_such_sound);
  }
  return std::shared_ptr<const MusicClass>(std::move(music));
}

}  // namespace strowger::media
