// libwebsockets' echo server: what arrives is kept and sent when the library says it may.
#include <cstdio>
#include <cstring>
#include <vector>

#include <libwebsockets.h>
#include <sys/resource.h>

namespace {

struct Peer {
  std::vector<unsigned char>* message;
};

int on_event(lws* socket, lws_callback_reasons reason, void* user, void* in, std::size_t size) {
  auto* peer = static_cast<Peer*>(user);
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      peer->message = new std::vector<unsigned char>(LWS_PRE);
      break;
    case LWS_CALLBACK_CLOSED:
      delete peer->message;
      break;
    case LWS_CALLBACK_RECEIVE: {
      const auto* octets = static_cast<const unsigned char*>(in);
      peer->message->insert(peer->message->end(), octets, octets + size);
      if (lws_is_final_fragment(socket) != 0 && lws_remaining_packet_payload(socket) == 0) {
        lws_callback_on_writable(socket);
      }
      break;
    }
    case LWS_CALLBACK_SERVER_WRITEABLE:
      if (peer->message->size() > LWS_PRE) {
        lws_write(socket, peer->message->data() + LWS_PRE, peer->message->size() - LWS_PRE,
                  LWS_WRITE_BINARY);
        peer->message->resize(LWS_PRE);
      }
      break;
    default:
      break;
  }
  return 0;
}

}  // namespace

int main() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  lws_set_log_level(0, nullptr);
  lws_protocols protocols[2];
  std::memset(protocols, 0, sizeof protocols);
  protocols[0].name = "echo";
  protocols[0].callback = on_event;
  protocols[0].per_session_data_size = sizeof(Peer);
  protocols[0].rx_buffer_size = 32U << 10U;
  lws_context_creation_info info;
  std::memset(&info, 0, sizeof info);
  info.port = 0;
  info.iface = "127.0.0.1";
  info.protocols = protocols;
  info.pt_serv_buf_size = 32U << 10U;
  info.vhost_name = "echo";
  lws_context* context = lws_create_context(&info);
  std::printf("%d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "echo")));
  std::fflush(stdout);
  while (lws_service(context, 0) >= 0) {
  }
}
