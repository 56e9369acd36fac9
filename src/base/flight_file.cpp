#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/flight_recorder.hpp"

namespace strowger::base {
namespace {

/// Opens a file for writing, empty, that only its owner may read; fails the stream otherwise.
std::ofstream open_private(const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  std::error_code denied;
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write, denied);
  if (denied) {
    file.setstate(std::ios::failbit);
  }
  return file;
}

void write(std::ofstream& file, core::Octets octets) {
  const std::string_view text = core::text_of(octets);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
}

std::string cannot_write(const std::string& path) {
  return "the recording can't be written to '" + path +
         "': is there such a folder, room on the disk, and may this user write there?";
}

}  // namespace

core::Result<void, std::string> write_flight_file(const std::string& path, core::Octets octets) {
  std::ofstream file = open_private(path);
  write(file, octets);
  file.close();
  if (!file) {
    return core::fail(cannot_write(path));
  }
  return {};
}

core::Result<std::function<void(core::Octets)>, std::string> flight_file_sink(
    const std::string& path) {
  auto file = std::make_shared<std::ofstream>(open_private(path));
  if (!*file) {
    return core::fail(cannot_write(path));
  }
  // Flushed at once, so that the call that ends the process is in the file.
  return [file](core::Octets octets) {
    write(*file, octets);
    file->flush();
  };
}

core::Result<std::vector<core::Octet>, std::string> read_flight_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return core::fail("'" + path + "' can't be read: is it there, and may this user read it?");
  }
  return std::vector<core::Octet>(std::istreambuf_iterator<char>(file),
                                  std::istreambuf_iterator<char>());
}

}  // namespace strowger::base
