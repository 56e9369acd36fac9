// Tests made of the rows of a table, under names of their own.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace strowger {

class Registered final : public testing::Test {
 public:
  explicit Registered(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

inline void register_test(const char* suite, const std::string& name,
                          const std::function<void()>& body) {
  testing::RegisterTest(suite, name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [body]() -> testing::Test* { return new Registered(body); });
}

}  // namespace strowger
