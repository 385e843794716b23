/// What the task that posts frames and the task that serves commands share.
#pragma once

#include <mutex>

#include "lookout/camera/answer.h"
#include "lookout/camera/servos.h"

namespace lookout {

struct Counts {
  std::uint32_t judged = 0, failed = 0, stale = 0;
};

class State {
 public:
  State(Board& board, int pan_sign, int tilt_sign) : board_(board), servos_(board, pan_sign, tilt_sign) {}

  /// Put the servos into the middle and the light out.
  void begin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (board_.has_servos()) servos_.go({});
    board_.set_light(0);
  }

  /// Move both servos; an angle of -1 stays. Returns where they came to.
  Angles go(Angles wanted) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const Angles now = servos_.angles();
    servos_.go({wanted.pan < 0 ? now.pan : wanted.pan, wanted.tilt < 0 ? now.tilt : wanted.tilt});
    return servos_.angles();
  }

  /// Turn as an answer says, unless the camera was moved since `moves`: the frame was of another direction.
  void turn(const Next& next, std::uint32_t moves) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!board_.has_servos() || !next.turns || (next.pan == 0 && next.tilt == 0)) return;
    if (servos_.moves() == moves) servos_.turn(next.pan, next.tilt);
  }

  /// The light as it is to be all the time.
  void set_led(std::uint8_t level) {
    const std::lock_guard<std::mutex> lock(mutex_);
    led_ = level;
    show_light();
  }

  /// The light for as long as a picture is taken.
  void set_flash(bool on) {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_flashing_ = on;
    show_light();
  }

  void note(const Counts& counts, std::string_view last, FrameSize size) {
    const std::lock_guard<std::mutex> lock(mutex_);
    counts_ = counts;
    last_ = last;
    size_ = size;
  }

  /// The JSON of `/status`. No names of people: anybody in the network can ask.
  Text<512> status() {
    const std::lock_guard<std::mutex> lock(mutex_);
    Text<512> json;
    json << "{\"pan\": " << servos_.angles().pan << ", \"tilt\": " << servos_.angles().tilt << ", \"led\": "
         << static_cast<int>(led_) << ", \"framesize\": \"" << name_of(size_) << "\", \"judged\": " << counts_.judged
         << ", \"failed\": " << counts_.failed << ", \"stale\": " << counts_.stale << ", \"last\": \"";
    for (const char letter : last_.view()) json << ((letter >= 'a' && letter <= 'z') ? letter : '_');
    json << "\", \"uptime_s\": " << board_.now_us() / 1000000 << "}";
    return json;
  }

  std::uint32_t moves() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return servos_.moves();
  }

  std::uint8_t led() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return led_;
  }

  /// A whole frame that was taken after now, past those that lie in the driver's buffers, which count as `stale`.
  /// False when there is none, or when another has the only one. To be given back by `give_back`.
  bool take_fresh(Frame& frame, std::uint32_t& stale) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (frames_out_ == (board_.has_psram() ? 2 : 1)) return false;
      ++frames_out_;
    }
    const std::int64_t asked_us = board_.now_us();
    for (int tries = 0; tries < MOST_TRIES && board_.take(frame); ++tries) {
      frame.size = frame.taken_us >= asked_us ? jpeg_size(frame) : 0;
      if (frame.size > 0) return true;
      board_.give_back(frame);
      ++stale;
      board_.alive();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    --frames_out_;
    return false;
  }

  void give_back(const Frame& frame) {
    board_.give_back(frame);
    const std::lock_guard<std::mutex> lock(mutex_);
    --frames_out_;
  }

 private:
  /// Three buffers of long ago, one that was begun before, and as many cut short.
  static constexpr int MOST_TRIES = 8;

  void show_light() { board_.set_light(is_flashing_ ? 255 : led_); }

  Board& board_;
  std::mutex mutex_;
  Servos servos_;
  Counts counts_;
  Text<24> last_;
  FrameSize size_ = FrameSize::svga;
  std::uint8_t led_ = 0;
  int frames_out_ = 0;
  bool is_flashing_ = false;
};

}  // namespace lookout
