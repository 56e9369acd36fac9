// websocket_peer_beast_tls tls CERTIFICATE KEY
#include <boost/asio/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "websocket_peer_beast.hpp"

namespace {

namespace ssl = boost::asio::ssl;
using Stream = ssl::stream<beast_peer::beast::tcp_stream>;

struct Handshake {
  template <class Then>
  void operator()(Stream& stream, Then then) const {
    stream.async_handshake(ssl::stream_base::server,
                           [then = std::move(then)](beast_peer::beast::error_code error) {
                             if (!error) {
                               then();
                             }
                           });
  }
};
using Session = beast_peer::Session<Stream, Handshake>;

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    return 2;
  }
  ssl::context context(ssl::context::tls_server);
  context.use_certificate_chain_file(words[2]);
  context.use_private_key_file(words[3], ssl::context::pem);
  Session::All all;
  beast_peer::serve([&](beast_peer::tcp::socket socket) {
    return std::make_shared<Session>(all, false, std::move(socket), context);
  });
}
