/// How long to wait after what went wrong: longer from failure to failure, with limits, never in step with others.
#pragma once

#include "lookout/text.h"

namespace lookout {

/// How a frame ended.
enum class Outcome {
  judged,       ///< answered 200
  unreachable,  ///< no connection, or it broke
  untrusted,    ///< TLS: not one of the pinned roots
  garbled,      ///< what came back is no answer of Lookout's
  refused,      ///< 400, 405, 415, 422: this very frame is not wanted
  stranger,     ///< 401, 403: wrong key, unknown or disabled camera
  too_large,    ///< 413
  too_many,     ///< 429
  unavailable,  ///< 5xx
};

inline Outcome outcome_of(int status) {
  if (status == 200) return Outcome::judged;
  if (status == 401 || status == 403) return Outcome::stranger;
  if (status == 413) return Outcome::too_large;
  if (status == 429) return Outcome::too_many;
  if (status >= 500) return Outcome::unavailable;
  return status >= 400 ? Outcome::refused : Outcome::garbled;
}

class Patience {
 public:
  static constexpr std::uint32_t FIRST_MS = 1000, LONGEST_MS = 60 * 1000;
  /// No hope that it mends itself: an owner has to act.
  static constexpr std::uint32_t STRANGER_MS = 60 * 1000;
  /// The longest that is waited because the server asked for it.
  static constexpr std::uint32_t LONGEST_ASKED_MS = 60 * 60 * 1000;

  void succeeded() { failures_ = 0; }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }

  /// Milliseconds to wait after `outcome`. `asked_seconds`: the server's `Retry-After`, which is never undercut.
  std::uint32_t failed(Outcome outcome, std::uint32_t asked_seconds, std::uint32_t random) {
    if (failures_ < 32) ++failures_;
    std::uint32_t most = FIRST_MS;
    for (std::uint32_t doubled = 1; doubled < failures_ && most < LONGEST_MS; ++doubled) most *= 2;
    if (most > LONGEST_MS) most = LONGEST_MS;
    if (outcome == Outcome::stranger || outcome == Outcome::untrusted) most = STRANGER_MS;
    // between half and all of it: cameras that failed together do not come back together
    const std::uint32_t waited = most / 2 + random % (most / 2 + 1);
    const std::uint64_t asked = static_cast<std::uint64_t>(asked_seconds) * 1000;
    const std::uint32_t floor = asked > LONGEST_ASKED_MS ? LONGEST_ASKED_MS : static_cast<std::uint32_t>(asked);
    return floor == 0 ? waited : floor + waited % FIRST_MS;
  }

 private:
  std::uint32_t failures_ = 0;
};

}  // namespace lookout
