// libwebsockets' server: what arrives is kept and sent when the library says it may. Echoes what is
// binary, sends what is text to all.
//
//   websocket_peer_lws plain|tls|deflate [CERTIFICATE KEY]
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <libwebsockets.h>
#include <sys/resource.h>

namespace {

using Octets = std::vector<unsigned char>;  // with LWS_PRE in front

struct Peer {
  Octets message = Octets(LWS_PRE);
  std::deque<std::shared_ptr<Octets>> queue;
};
struct Session {
  Peer* peer;
};

/// All who are there, for what is sent to all.
std::vector<lws*>& everybody(lws* socket) {
  return *static_cast<std::vector<lws*>*>(lws_context_user(lws_get_context(socket)));
}

Peer& peer_of(lws* socket) {
  return *static_cast<Session*>(lws_wsi_user(socket))->peer;
}

void take(lws* socket, Peer& peer) {
  if (lws_frame_is_binary(socket) != 0) {
    lws_callback_on_writable(socket);
    return;
  }
  const auto message = std::make_shared<Octets>(std::exchange(peer.message, Octets(LWS_PRE)));
  for (lws* one : everybody(socket)) {
    peer_of(one).queue.push_back(message);
    lws_callback_on_writable(one);
  }
}

void write(lws* socket, Octets& octets, lws_write_protocol kind) {
  lws_write(socket, octets.data() + LWS_PRE, octets.size() - LWS_PRE, kind);
}

int on_event(lws* socket, lws_callback_reasons reason, void* user, void* in, std::size_t size) {
  auto* session = static_cast<Session*>(user);
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      session->peer = new Peer;
      everybody(socket).push_back(socket);
      break;
    case LWS_CALLBACK_CLOSED:
      std::erase(everybody(socket), socket);
      delete session->peer;
      break;
    case LWS_CALLBACK_RECEIVE: {
      const auto* octets = static_cast<const unsigned char*>(in);
      Octets& message = session->peer->message;
      message.insert(message.end(), octets, octets + size);
      if (lws_is_final_fragment(socket) != 0 && lws_remaining_packet_payload(socket) == 0) {
        take(socket, *session->peer);
      }
      break;
    }
    case LWS_CALLBACK_SERVER_WRITEABLE: {
      Peer& peer = *session->peer;
      if (peer.message.size() > LWS_PRE) {
        write(socket, peer.message, LWS_WRITE_BINARY);
        peer.message.resize(LWS_PRE);
      } else if (!peer.queue.empty()) {
        write(socket, *peer.queue.front(), LWS_WRITE_TEXT);
        peer.queue.pop_front();
      }
      if (!peer.queue.empty()) {
        lws_callback_on_writable(socket);
      }
      break;
    }
    default:
      break;
  }
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view mode = count > 1 ? words[1] : "plain";
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  lws_set_log_level(0, nullptr);
  lws_protocols protocols[2];
  std::memset(protocols, 0, sizeof protocols);
  protocols[0].name = "echo";
  protocols[0].callback = on_event;
  protocols[0].per_session_data_size = sizeof(Session);
  protocols[0].rx_buffer_size = 32U << 10U;
  // It compresses at level 1 unless told otherwise.
  const lws_extension extensions[] = {
      {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
      {nullptr, nullptr, nullptr}};
  std::vector<lws*> all;
  lws_context_creation_info info;
  std::memset(&info, 0, sizeof info);
  info.port = 0;
  info.iface = "127.0.0.1";
  info.protocols = protocols;
  info.pt_serv_buf_size = 32U << 10U;
  info.vhost_name = "echo";
  info.user = &all;
  if (mode == "deflate") {
    info.extensions = extensions;
  } else if (mode == "tls" && count > 3) {
    info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = words[2];
    info.ssl_private_key_filepath = words[3];
  }
  lws_context* context = lws_create_context(&info);
  std::printf("%d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "echo")));
  std::fflush(stdout);
  while (lws_service(context, 0) >= 0) {
  }
}
