// Any text as a URI: its parts lie within it, it equals itself, and its user survives decoding and
// encoding.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/octets.hpp"
#include "sip/uri.hpp"
#include "sip/writer.hpp"

namespace {

using namespace strowger;

void demand(bool holds) {
  if (!holds) {
    std::abort();
  }
}

bool lies_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = core::text_of({data, size});
  const auto uri = sip::parse_uri(text);
  if (!uri) {
    return 0;
  }
  for (const std::string_view part :
       {uri->user, uri->password, uri->host, uri->params.text(), uri->headers, uri->opaque}) {
    demand(lies_within(part, text));
  }
  // A parameter given twice with two values makes a URI that equals nothing.
  demand(sip::same_uri(*uri, *uri) || !uri->params.empty());
  (void)uri->address();
  (void)uri->has_param("lr");
  std::array<char, 4096> decoded;
  std::array<char, 4096> encoded;
  if (uri->is_sip() && size < 1024) {
    const auto plain = sip::decode_escapes(uri->user, decoded);
    demand(plain.has_value());
    const auto again = sip::encode_user(*plain, encoded);
    demand(again.has_value());
    std::array<char, 4096> twice;
    demand(sip::decode_escapes(*again, twice) == *plain);
  }
  return 0;
}
