// UDP sockets of the epoll loop. For the .cpp files of this library.
#pragma once

#include <memory>

#include "io/epoll_core.hpp"
#include "io/loop.hpp"

namespace strowger::io {

Result<std::unique_ptr<UdpSocket>> open_epoll_udp(const std::shared_ptr<EpollCore>& core,
                                                  const core::Address& local, UdpHandler& handler,
                                                  const UdpOptions& options);

}  // namespace strowger::io
