#include "websocket_server/file_tree.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace strowger::websocket_server {

FolderTree::FolderTree(const std::string& folder)
    : folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

io::Descriptor FolderTree::open(const std::string& path) const {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const char* name = path.empty() ? "." : path.c_str();
  return io::Descriptor(
      static_cast<int>(::syscall(SYS_openat2, folder_.get(), name, &how, sizeof how)));
}

std::optional<http::FileInfo> FolderTree::look(const std::string& path) {
  const io::Descriptor file = open(path);
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0 ||
      !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
    return std::nullopt;
  }
  const core::WallTime modified{std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                                status.st_mtim.tv_nsec};
  return http::FileInfo{static_cast<std::uint64_t>(status.st_size), modified,
                        S_ISDIR(status.st_mode)};
}

std::size_t FolderTree::read(const std::string& path, std::uint64_t offset,
                             core::MutableOctets room) {
  const io::Descriptor file = open(path);
  std::size_t total = 0;
  while (file.valid() && total < room.size()) {
    const ssize_t count = ::pread(file.get(), room.data() + total, room.size() - total,
                                  static_cast<off_t>(offset + total));
    if (count <= 0) {
      break;
    }
    total += static_cast<std::size_t>(count);
  }
  return total;
}

}  // namespace strowger::websocket_server
