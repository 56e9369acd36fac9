#include "http/static_files.hpp"

#include <array>
#include <charconv>

#include <zlib.h>

#include "http/conditional.hpp"
#include "http/content_type.hpp"
#include "http/date.hpp"
#include "http/uri.hpp"
#include "http/writer.hpp"

namespace strowger::http {
namespace {

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> room{};
  const auto end = std::to_chars(room.data(), room.data() + room.size(), number, 16);
  return {room.data(), end.ptr};
}

std::string etag_of(const FileInfo& info, std::string_view coding) {
  return '"' + hexadecimal(static_cast<std::uint64_t>(info.modified.ns)) + '-' +
         hexadecimal(info.size) + std::string(coding) + '"';
}

FileAnswer plain(int status) {
  FileAnswer answer;
  answer.status = status;
  answer.fields.emplace_back("Content-Type", "text/plain; charset=utf-8");
  answer.body = std::make_shared<const std::string>(std::string(reason_of(status)) + "\n");
  return answer;
}

/// The gzip form (RFC 1952) of a text; empty where zlib refuses.
std::string gzip(const std::string& text) {
  constexpr int gzip_window = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(result == Z_STREAM_END ? out.size() - stream.avail_out : 0);
  deflateEnd(&stream);
  return out;
}

}  // namespace

StaticFiles::StaticFiles(FileTree& tree, StaticFilesSettings settings)
    : tree_(tree), settings_(std::move(settings)) {}

std::shared_ptr<const std::string> StaticFiles::packed(const std::string& path,
                                                       const FileInfo& info,
                                                       const std::string& etag) {
  if (const auto found = cache_.find(path); found != cache_.end()) {
    if (found->second.etag == etag) {
      return found->second.octets;
    }
    cached_octets_ -= found->second.octets->size();
    cache_.erase(found);
  }
  std::string text(info.size, '\0');
  const core::MutableOctets room(reinterpret_cast<core::Octet*>(text.data()), text.size());
  if (tree_.read(path, 0, room) != text.size()) {
    return nullptr;
  }
  auto octets = std::make_shared<const std::string>(gzip(text));
  if (octets->empty() || octets->size() >= text.size()) {
    return nullptr;
  }
  if (cached_octets_ + octets->size() > settings_.gzip_cache_octets) {
    cache_.clear();
    cached_octets_ = 0;
  }
  cached_octets_ += octets->size();
  cache_[path] = {etag, octets};
  return octets;
}

FileAnswer StaticFiles::answer(const RequestHead& head, std::string_view path) {
  if (head.method != "GET" && head.method != "HEAD") {
    FileAnswer answer = plain(405);
    answer.fields.emplace_back("Allow", "GET, HEAD");
    return answer;
  }
  std::optional<std::string> file = relative_path(path);
  if (!file) {
    return plain(400);
  }
  std::optional<FileInfo> info = tree_.look(*file);
  if (info && info->folder) {
    // Relative links of a page are below it only where the folder's name ends with a slash.
    if (!path.ends_with('/')) {
      FileAnswer answer = plain(308);
      answer.fields.emplace_back("Location", std::string(head.path) + "/");
      return answer;
    }
    *file += (file->empty() ? "" : "/") + settings_.index;
    info = tree_.look(*file);
  }
  if (!info || info->folder) {
    return plain(404);
  }
  return answer_file(head, std::move(*file), *info);
}

FileAnswer StaticFiles::answer_file(const RequestHead& head, std::string file,
                                    const FileInfo& info) {
  FileAnswer answer;
  const std::string_view type = content_type_of(file);
  const bool packs = compresses(type) && info.size >= settings_.gzip_from_octets &&
                     info.size <= settings_.gzip_up_to_octets;
  std::string etag = etag_of(info, "");
  if (packs && accepts_coding(head.fields, "gzip") &&
      (!head.fields.find("range") || head.method != "GET")) {
    const std::string packed_etag = etag_of(info, "-gzip");
    answer.body = packed(file, info, packed_etag);
    etag = answer.body ? packed_etag : etag;
  }
  answer.fields.emplace_back("ETag", etag);
  answer.fields.emplace_back("Last-Modified", date_text(info.modified).view());
  if (packs) {
    answer.fields.emplace_back("Vary", "Accept-Encoding");
  }
  if (!settings_.cache_control.empty()) {
    answer.fields.emplace_back("Cache-Control", settings_.cache_control);
  }
  switch (judge_preconditions(head.fields, etag, info.modified)) {
    case Precondition::not_modified:
      answer.status = 304;
      answer.body = std::make_shared<const std::string>();
      return answer;
    case Precondition::failed:
      return plain(412);
    case Precondition::proceed:
      break;
  }
  answer.fields.emplace_back("Content-Type", type);
  answer.fields.emplace_back("X-Content-Type-Options", "nosniff");
  answer.status = 200;
  if (answer.body) {
    answer.fields.emplace_back("Content-Encoding", "gzip");
    return answer;
  }
  return answer_part(head, std::move(file), info, etag, std::move(answer));
}

FileAnswer StaticFiles::answer_part(const RequestHead& head, std::string file, const FileInfo& info,
                                    const std::string& etag, FileAnswer answer) {
  answer.fields.emplace_back("Accept-Ranges", "bytes");
  // RFC 9110 14.2: of all methods GET alone knows ranges.
  const RangeAnswer range = head.method == "GET"
                                ? judge_range(head.fields, etag, info.modified, info.size)
                                : RangeAnswer{RangeAnswer::Kind::whole, 0, info.size};
  if (range.kind == RangeAnswer::Kind::not_satisfiable) {
    FileAnswer refused = plain(416);
    refused.fields.emplace_back("Content-Range", "bytes */" + std::to_string(info.size));
    return refused;
  }
  if (range.kind == RangeAnswer::Kind::part) {
    answer.status = 206;
    answer.fields.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                    std::to_string(range.first + range.length - 1) +
                                                    "/" + std::to_string(info.size));
  }
  answer.path = std::move(file);
  answer.offset = range.first;
  answer.length = range.length;
  return answer;
}

}  // namespace strowger::http
