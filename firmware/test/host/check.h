/// The smallest test runner that says what was expected, and a seeded source of chance.
#pragma once

#include <cstdint>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace test {

struct Case {
  const char* name;
  void (*run)();
};

inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

inline int& failures() {
  static int count = 0;
  return count;
}

struct Register {
  Register(const char* name, void (*run)()) { cases().push_back({name, run}); }
};

template <typename One, typename Other>
void equal(const One& one, const Other& other, const char* what, const char* file, int line) {
  if (one == other) return;
  ++failures();
  std::cout << file << ":" << line << ": " << what << ": " << one << " is not " << other << "\n";
}

inline void true_(bool value, const char* what, const char* file, int line) {
  if (value) return;
  ++failures();
  std::cout << file << ":" << line << ": not so: " << what << "\n";
}

/// The same numbers everywhere for a seed.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::uint32_t>(state_ >> 16);
  }
  std::uint32_t below(std::uint32_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

/// Runs every test, and ends with a line that counts them.
inline int run_all() {
  int failed = 0;
  for (const Case& one : cases()) {
    const int before = failures();
    one.run();
    const bool is_good = failures() == before;
    failed += is_good ? 0 : 1;
    std::cout << (is_good ? "ok   " : "FAIL ") << one.name << "\n";
  }
  std::cout << cases().size() - static_cast<std::size_t>(failed) << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace test

#define TEST(name)                                     \
  static void name();                                  \
  static const test::Register register_##name(#name, name); \
  static void name()
#define EQUAL(one, other) test::equal((one), (other), #one, __FILE__, __LINE__)
#define CHECK(condition) test::true_((condition), #condition, __FILE__, __LINE__)
