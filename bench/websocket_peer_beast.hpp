// Boost.Beast's server as its documentation writes it: asynchronous, one thread, Nagle off. Echoes
// what is binary, sends what is text to all. For two programs, plain and TLS: in one they
// would take a compiler half a minute.
#pragma once

#include <cstdio>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <sys/resource.h>

namespace beast_peer {

namespace beast = boost::beast;
namespace net = boost::asio;
using tcp = net::ip::tcp;

/// Stream: what WebSocket goes over. Begin(Stream&, then): what comes before the upgrade.
template <class Stream, class Begin>
class Session : public std::enable_shared_from_this<Session<Stream, Begin>> {
 public:
  using All = std::set<Session*>;

  template <class... Arguments>
  Session(All& all, bool deflate, Arguments&&... arguments)
      : all_(all), stream_(std::forward<Arguments>(arguments)...) {
    stream_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
    if (deflate) {
      beast::websocket::permessage_deflate settings;
      settings.server_enable = true;
      settings.compLevel = 1;
      stream_.set_option(settings);
    }
  }
  ~Session() { all_.erase(this); }

  void start() {
    Begin()(stream_.next_layer(), [self = this->shared_from_this()] {
      self->stream_.async_accept([self](beast::error_code error) {
        if (!error) {
          self->all_.insert(self.get());
          self->read();
        }
      });
    });
  }

 private:
  void read() {
    stream_.async_read(buffer_,
                       [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                         if (!error) {
                           self->take();
                         }
                       });
  }

  void take() {
    if (!stream_.got_text()) {
      echo_ = true;
      return write();
    }
    const auto message =
        std::make_shared<const std::string>(beast::buffers_to_string(buffer_.data()));
    buffer_.consume(buffer_.size());
    for (Session* one : all_) {
      one->queue_.push_back(message);
      one->write();
    }
    read();
  }

  /// One write at a time is under way.
  void write() {
    if (writing_ || (!echo_ && queue_.empty())) {
      return;
    }
    writing_ = true;
    stream_.text(!echo_);
    if (echo_) {
      stream_.async_write(buffer_.data(), [self = this->shared_from_this()](beast::error_code error,
                                                                            std::size_t size) {
        self->writing_ = self->echo_ = false;
        if (!error) {
          self->buffer_.consume(size);
          self->write();
          self->read();
        }
      });
      return;
    }
    stream_.async_write(net::buffer(*queue_.front()),
                        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                          self->writing_ = false;
                          self->queue_.pop_front();
                          if (!error) {
                            self->write();
                          }
                        });
  }

  All& all_;
  beast::websocket::stream<Stream> stream_;
  beast::flat_buffer buffer_;
  std::deque<std::shared_ptr<const std::string>> queue_;
  bool echo_ = false;
  bool writing_ = false;
};

/// `make(socket)`: a session for it.
template <class Make>
void accept(tcp::acceptor& acceptor, Make& make) {
  acceptor.async_accept([&acceptor, &make](beast::error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      make(std::move(socket))->start();
    }
    accept(acceptor, make);
  });
}

template <class Make>
void serve(Make make) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  net::io_context context{1};
  tcp::acceptor acceptor{context, {net::ip::address_v4::loopback(), 0}};
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor, make);
  context.run();
}

}  // namespace beast_peer
