// Any octets as heads of requests and responses: found at the same place however they are cut, and
// every field that is read is one that may be written.
#include <cstdint>
#include <cstdlib>

#include "http/parse.hpp"
#include "http/writer.hpp"

namespace {

using namespace strowger;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void read_fields(const http::Fields& fields) {
  std::string out;
  http::HeadWriter writer(out);
  for (const http::Field& field : fields) {
    writer.field(field.name, field.value);
    http::ListReader list(field.value);
    while (list.next()) {
    }
    demand(fields.find(field.name).has_value());
    demand(fields.count(field.name) > 0);
  }
  demand(writer.ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::Octets octets{data, size};
  http::HeadFinder finder;
  const auto end = finder.find(octets);
  http::HeadFinder slow;
  for (std::size_t i = 0; i <= size; ++i) {
    const auto part = slow.find(octets.first(i));
    if (!part) {
      demand(!end && part.error().fault == end.error().fault &&
             part.error().offset == end.error().offset);
      return 0;
    }
    if (*part) {
      demand(end && *end == *part);
      break;
    }
  }
  if (!end || !*end) {
    return 0;
  }
  const core::Octets head = octets.first(**end);
  if (const auto request = http::parse_request(head)) {
    demand(!request->path.empty() && http::is_token(request->method));
    read_fields(request->fields);
    const auto length = http::body_length(*request);
    demand(!length || length->kind != http::BodyLength::Kind::until_close);
  }
  if (const auto response = http::parse_response(head)) {
    demand(response->status >= 100 && response->status < 600);
    read_fields(response->fields);
    (void)http::body_length(*response, "GET");
  }
  return 0;
}
