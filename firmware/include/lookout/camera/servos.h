/// Two servos that turn the camera: where they stand, how far they go.
#pragma once

#include "lookout/camera/board.h"

namespace lookout {

/// What the mechanics reach, in degrees: beyond it a servo hums against its stop.
constexpr int SERVO_LOWEST = 5, SERVO_HIGHEST = 175, SERVO_CENTRE = 90;

/// 50 Hz. 500 to 2500 microseconds are 0 to 180 degrees, as SG90 and MG90S have it.
constexpr std::uint32_t SERVO_PERIOD_US = 20000;

inline std::uint32_t pulse_of(int degrees) { return 500 + static_cast<std::uint32_t>(degrees) * 2000 / 180; }

/// The duty of a timer of so many bits that makes a pulse of that length.
inline std::uint32_t duty_of(std::uint32_t microseconds, unsigned bits) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(microseconds) << bits) / SERVO_PERIOD_US);
}

struct Angles {
  int pan = SERVO_CENTRE, tilt = SERVO_CENTRE;
};

class Servos {
 public:
  /// `pan_sign`, `tilt_sign`: 1 where more degrees look right and up, -1 where the servo is mounted the other way.
  Servos(Board& board, int pan_sign, int tilt_sign) : board_(board), pan_sign_(pan_sign), tilt_sign_(tilt_sign) {}

  /// Go there, or as near as the mechanics reach.
  void go(Angles angles) {
    angles_.pan = reachable(angles.pan);
    angles_.tilt = reachable(angles.tilt);
    ++moves_;
    board_.set_pulse(Axis::pan, pulse_of(angles_.pan));
    board_.set_pulse(Axis::tilt, pulse_of(angles_.tilt));
  }

  /// Turn to the right and up, in degrees of the picture.
  void turn(int right, int up) { go({angles_.pan + pan_sign_ * right, angles_.tilt + tilt_sign_ * up}); }

  [[nodiscard]] Angles angles() const { return angles_; }
  /// Changes with every move: a turn that was meant for another direction can be told by it.
  [[nodiscard]] std::uint32_t moves() const { return moves_; }

 private:
  static int reachable(int degrees) {
    return degrees < SERVO_LOWEST ? SERVO_LOWEST : degrees > SERVO_HIGHEST ? SERVO_HIGHEST : degrees;
  }

  Board& board_;
  int pan_sign_, tilt_sign_;
  Angles angles_;
  std::uint32_t moves_ = 0;
};

}  // namespace lookout
