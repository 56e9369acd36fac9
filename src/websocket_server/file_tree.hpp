// Files of a folder on disk, for http::StaticFiles. For the .cpp files of this library.
#pragma once

#include <string>

#include "http/static_files.hpp"
#include "io/descriptor.hpp"

namespace strowger::websocket_server {

/// Opens nothing outside of its folder, not even through a symbolic link (openat2 with
/// RESOLVE_BENEATH). A folder that isn't there has no files.
class FolderTree final : public http::FileTree {
 public:
  explicit FolderTree(const std::string& folder);
  std::optional<http::FileInfo> look(const std::string& path) override;
  std::size_t read(const std::string& path, std::uint64_t offset,
                   core::MutableOctets room) override;

 private:
  [[nodiscard]] io::Descriptor open(const std::string& path) const;
  io::Descriptor folder_;
};

}  // namespace strowger::websocket_server
