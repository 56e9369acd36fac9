#include "exchange/records/json_lines.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace strowger::exchange::records {

/// The open file. Every function says errno, or 0.
class JsonLines::File {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int open() {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (descriptor_ < 0) {
      return errno;
    }
    struct stat status {};
    size_ = ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
    return 0;
  }

  /// All of it, or nothing: what a full disk left of it is cut off again.
  int append(std::string_view lines) {
    std::size_t done = 0;
    while (done < lines.size()) {
      const ssize_t written = ::write(descriptor_, lines.data() + done, lines.size() - done);
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written < 0) {
        const int error = errno;
        if (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0) {
          size_ += done;
        }
        return error;
      }
      done += static_cast<std::size_t>(written);
    }
    size_ += done;
    return 0;
  }

  /// calls.jsonl.8 becomes .9 and so on, then the file itself .1, and a new one begins.
  int turn_over(unsigned old_files) {
    close();
    for (unsigned number = old_files; number > 1; --number) {
      // Fails where there are not so many yet.
      (void)std::rename(numbered(number - 1).c_str(), numbered(number).c_str());
    }
    const int renamed = old_files == 0 ? std::remove(path_.c_str())
                                       : std::rename(path_.c_str(), numbered(1).c_str());
    const int error = renamed == 0 ? 0 : errno;
    const int opened = open();
    return opened != 0 ? opened : error;
  }

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  [[nodiscard]] std::string numbered(unsigned number) const {
    return path_ + "." + std::to_string(number);
  }
  void close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }

  const std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

core::Result<std::unique_ptr<JsonLines>, std::string> JsonLines::open(JsonLinesOptions options) {
  auto file = std::make_unique<File>(options.path);
  const int error = file->open();
  if (error != 0) {
    return core::fail("the call records '" + options.path +
                      "' can't be opened: " + std::strerror(error) +
                      "; see that the folder exists and that this user may write there");
  }
  return std::unique_ptr<JsonLines>(new JsonLines(std::move(options), std::move(file)));
}

JsonLines::JsonLines(JsonLinesOptions options, std::unique_ptr<File> file)
    : options_(std::move(options)),
      file_(std::move(file)),
      thread_(
          std::make_unique<Thread>(options_.queue_limit, options_.retry_after,
                                   [this](Thread::Batch& batch) { return write_batch(batch); })) {}

JsonLines::~JsonLines() = default;

void JsonLines::write(const CallRecord& record) {
  // A full queue counts what it refuses; a call can do nothing about it.
  (void)thread_->post(record);
}

bool JsonLines::write_batch(Thread::Batch& batch) {
  std::string lines;
  for (const CallRecord& record : batch) {
    lines += to_json_line(record) + '\n';
  }
  int error = file_->is_open() ? 0 : file_->open();
  if (error == 0 && file_->size() >= options_.turn_over_octets) {
    error = file_->turn_over(options_.old_files);
  }
  if (error == 0) {
    error = file_->append(lines);
  }
  if (error != 0) {
    if (!std::exchange(in_trouble_, true) && options_.on_trouble) {
      options_.on_trouble("call records can't be written to '" + options_.path +
                          "': " + std::strerror(error) + "; they wait, and it is tried again");
    }
    return false;
  }
  if (std::exchange(in_trouble_, false) && options_.on_trouble) {
    options_.on_trouble("call records can be written again");
  }
  written_ += batch.size();
  return true;
}

}  // namespace strowger::exchange::records
