// Names by c-ares on the epoll loop. For the .cpp files of this library.
#pragma once

#include <memory>

#include "io/epoll_core.hpp"
#include "io/epoll_loop.hpp"
#include "io/loop.hpp"

namespace strowger::io {

/// Belongs to the loop's thread. Destroying it drops what is under way, without calling back.
class Resolver {
 public:
  Resolver(std::shared_ptr<EpollCore> core, const EpollOptions& options);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  void resolve(const ResolveRequest& request, ResolveCallback callback);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace strowger::io
