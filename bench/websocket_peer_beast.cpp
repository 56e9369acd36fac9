// websocket_peer_beast plain|deflate
#include "websocket_peer_beast.hpp"

#include <string_view>

namespace {

struct AtOnce {
  template <class Stream, class Then>
  void operator()(Stream&, Then&& then) const {
    then();
  }
};
using Session = beast_peer::Session<beast_peer::beast::tcp_stream, AtOnce>;

}  // namespace

int main(int count, char** words) {
  const bool deflate = count > 1 && std::string_view(words[1]) == "deflate";
  Session::All all;
  beast_peer::serve([&](beast_peer::tcp::socket socket) {
    return std::make_shared<Session>(all, deflate, std::move(socket));
  });
}
