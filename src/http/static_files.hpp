// Static files as answers to GET and HEAD (RFC 9110): types, validators, conditions, ranges, gzip.
// The files themselves are behind a seam; nothing here opens one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/octets.hpp"
#include "core/time.hpp"
#include "http/parse.hpp"

namespace strowger::http {

struct FileInfo {
  std::uint64_t size = 0;
  core::WallTime modified;
  bool folder = false;
};

/// Files below a root. Paths are as `relative_path` makes them; what lies outside of the root, even
/// through a link, is not found.
class FileTree {
 public:
  FileTree() = default;
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;
  virtual ~FileTree() = default;
  virtual std::optional<FileInfo> look(const std::string& path) = 0;
  /// Fills the room from an offset on; how much of it was filled.
  virtual std::size_t read(const std::string& path, std::uint64_t offset,
                           core::MutableOctets room) = 0;
};

struct StaticFilesSettings {
  std::string index = "index.html";      // of a folder
  std::string cache_control;             // empty: none is sent
  std::uint64_t gzip_from_octets = 512;  // smaller ones are sent as they are
  std::uint64_t gzip_up_to_octets = 4U << 20U;
  std::size_t gzip_cache_octets = 16U << 20U;
};

struct FileAnswer {
  int status = 404;
  std::vector<std::pair<std::string, std::string>> fields;
  /// The whole body, where it is not a part of a file as it is.
  std::shared_ptr<const std::string> body;
  std::string path;  // otherwise: so many octets of this file from there on
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// One thread. Allocates; reads through the tree, for gzip a whole file once.
class StaticFiles {
 public:
  /// The tree outlives it.
  explicit StaticFiles(FileTree& tree, StaticFilesSettings settings = {});

  /// The answer to a request whose path below the root is `path` (percent-encoded, as in the
  /// target).
  [[nodiscard]] FileAnswer answer(const RequestHead& head, std::string_view path);

 private:
  struct Packed {
    std::string etag;
    std::shared_ptr<const std::string> octets;
  };
  std::shared_ptr<const std::string> packed(const std::string& path, const FileInfo& info,
                                            const std::string& etag);
  FileAnswer answer_file(const RequestHead& head, std::string file, const FileInfo& info);
  static FileAnswer answer_part(const RequestHead& head, std::string file, const FileInfo& info,
                                const std::string& etag, FileAnswer answer);

  FileTree& tree_;
  StaticFilesSettings settings_;
  std::map<std::string, Packed> cache_;
  std::size_t cached_octets_ = 0;
};

}  // namespace strowger::http
