#include "rt/locked_memory.hpp"

#include <cerrno>
#include <system_error>

#include <sys/mman.h>
#include <unistd.h>

namespace strowger::rt {
namespace {

std::size_t page_size() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void touch(std::byte& octet) {
  // Written, not only read: a read maps the one page of zeroes, and the first write would fault.
  volatile std::byte& touched = octet;
  touched = static_cast<std::byte>(touched);
}

}  // namespace

int bring_in_and_lock(std::span<std::byte> range, const SystemCalls& calls) {
  if (range.empty()) {
    return 0;
  }
  for (std::size_t at = 0; at < range.size(); at += page_size()) {
    touch(range[at]);
  }
  touch(range.back());
  return calls.lock_memory(range.data(), range.size());
}

LockedMemory::LockedMemory(std::size_t octets, const SystemCalls& calls) {
  const std::size_t page = page_size();
  const std::size_t rounded = (octets + page - 1) / page * page;
  mapped_octets_ = rounded + 2 * page;
  mapping_ = mmap(nullptr, mapped_octets_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  auto* const first = static_cast<std::byte*>(mapping_) + page;
  if (mapping_ == MAP_FAILED || mprotect(first, rounded, PROT_READ | PROT_WRITE) != 0) {
    const int error = errno;
    if (mapping_ != MAP_FAILED) {
      munmap(mapping_, mapped_octets_);
    }
    throw std::system_error(error, std::generic_category(), "memory of a real-time thread");
  }
  octets_ = {first, rounded};
  lock_error_ = bring_in_and_lock(octets_, calls);
}

LockedMemory::~LockedMemory() {
  munmap(mapping_, mapped_octets_);
}

}  // namespace strowger::rt
