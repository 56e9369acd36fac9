#include "ss7/mtp2/link.hpp"

#include <gtest/gtest.h>
TEST(X, y) {}
