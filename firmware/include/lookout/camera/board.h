/// What the logic asks of the hardware. `src/` answers on a board, `test/host/` on a computer.
#pragma once

#include "lookout/camera/frame.h"

namespace lookout {

enum class Axis { pan, tilt };

struct Board {
  virtual ~Board() = default;

  /// Microseconds since the start; never goes back.
  virtual std::int64_t now_us() = 0;
  virtual void sleep_ms(std::uint32_t milliseconds) = 0;
  /// Tells the watchdog that all is well.
  virtual void alive() = 0;
  virtual std::uint32_t random() = 0;
  /// One line of the serial port.
  virtual void say(std::string_view line) = 0;

  /// The next frame of the driver's queue, which may have been taken long ago. False when there is none.
  virtual bool take(Frame& frame) = 0;
  virtual void give_back(const Frame& frame) = 0;
  virtual void set_size(FrameSize size) = 0;

  virtual void set_light(std::uint8_t level) = 0;
  /// How long the servo's pulse is from now on: its angle.
  virtual void set_pulse(Axis axis, std::uint32_t microseconds) = 0;

  virtual bool has_light() = 0;
  virtual bool has_servos() = 0;
  virtual bool has_psram() = 0;
};

/// Without PSRAM a larger frame does not fit into the memory.
constexpr FrameSize LARGEST_WITHOUT_PSRAM = FrameSize::svga;

}  // namespace lookout
