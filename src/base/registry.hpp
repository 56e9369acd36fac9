// Names to shared immutable objects: peers, trunks, mailboxes. Whoever looks one up holds it
// counted, so that it lives on through a reload that changes or removes it. Any normal thread;
// nothing is called with the lock held but the hash and comparison of names.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/snapshot.hpp"

namespace strowger::base {

/// T needs ==, by which a reload tells the changed from the same.
template <class T>
class Registry {
 public:
  using Object = std::shared_ptr<const T>;
  using Objects = std::map<std::string, Object, std::less<>>;

  /// The object of that name; null where there is none.
  [[nodiscard]] Object find(std::string_view name) const {
    const std::shared_ptr<const Objects> objects = all();
    const auto found = objects->find(name);
    return found == objects->end() ? nullptr : found->second;
  }

  /// Every object as of now, by name; the map does not change any more.
  [[nodiscard]] std::shared_ptr<const Objects> all() const {
    const std::lock_guard lock(mutex_);
    return objects_;
  }

  [[nodiscard]] std::size_t size() const { return all()->size(); }

  /// Makes `wanted` all that there is. Objects that stay equal keep their identity (the same
  /// pointer), so that holders see at once that nothing changed. Returns what did.
  Difference<std::string> replace(std::map<std::string, T> wanted) {
    const std::lock_guard replacing(replacing_);
    const std::shared_ptr<const Objects> before = all();
    auto after = std::make_shared<Objects>();
    for (auto& [name, value] : wanted) {
      const auto old = before->find(name);
      const bool same = old != before->end() && *old->second == value;
      after->emplace_hint(after->end(), name,
                          same ? old->second : std::make_shared<const T>(std::move(value)));
    }
    Difference<std::string> changes = difference(*before, *after);
    const std::lock_guard lock(mutex_);
    objects_ = std::move(after);
    return changes;
  }

 private:
  std::mutex replacing_;  // one reload at a time; readers never wait for it
  mutable std::mutex mutex_;
  std::shared_ptr<const Objects> objects_ = std::make_shared<const Objects>();
};

}  // namespace strowger::base
