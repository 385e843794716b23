/// The camera itself: takes a frame, posts it, does what the answer says, waits.
#pragma once

#include "lookout/camera/messages.h"
#include "lookout/camera/poster.h"
#include "lookout/camera/state.h"

namespace lookout {

class Camera {
 public:
  /// The same frame is posted at most so often, and not once it is older than this.
  static constexpr int MOST_TRIES = 3;
  static constexpr std::int64_t STALE_US = 5 * 1000 * 1000;
  /// What the sensor's exposure takes to follow a light.
  static constexpr std::uint32_t LIGHT_MS = 200;

  Camera(Board& board, Poster& poster, State& state) : board_(board), poster_(poster), state_(state) {
    if (!board.has_psram()) largest_ = LARGEST_WITHOUT_PSRAM;
    set_size(next_.size);
  }

  /// One frame, from taking it to the end of the wait for the next.
  void step() {
    const std::uint32_t moves = state_.moves();
    Frame frame;
    if (!take(frame)) {
      board_.say(message::NO_FRAME);
      ++counts_.failed;
      note("no_frame");
      return wait(patience_.failed(Outcome::unreachable, 0, board_.random()));
    }
    Answer answer(next_);
    const Outcome outcome = post(frame, answer);
    if (outcome == Outcome::judged) return judged(answer, moves);
    if (outcome == Outcome::too_large) {
      largest_ = one_less(size_);
      set_size(next_.size);
    }
    wait(wait_ms_);
  }

 private:
  bool take(Frame& frame) {
    const bool flash = next_.flash && board_.has_light();
    if (flash) {
      state_.set_flash(true);
      board_.sleep_ms(LIGHT_MS);
    }
    const bool taken = state_.take_fresh(frame, counts_.stale);
    if (flash) state_.set_flash(false);
    return taken;
  }

  /// Post the frame until it is answered for good or too old, and give it back.
  Outcome post(const Frame& frame, Answer& answer) {
    const std::string_view jpeg(reinterpret_cast<const char*>(frame.bytes), frame.size);
    Outcome outcome = Outcome::unreachable;
    for (int tries = 1;; ++tries) {
      std::uint32_t retry_after = 0;
      answer = Answer(next_);
      outcome = poster_.post(jpeg, answer, retry_after);
      if (outcome == Outcome::judged) break;
      wait_ms_ = patience_.failed(outcome, retry_after, board_.random());
      failed(outcome, answer);
      const bool may_mend = outcome == Outcome::unreachable || outcome == Outcome::unavailable;
      if (!may_mend || tries == MOST_TRIES) break;
      if (board_.now_us() + static_cast<std::int64_t>(wait_ms_) * 1000 - frame.taken_us > STALE_US) {
        board_.say(message::DROPPED);
        break;
      }
      wait(wait_ms_);
    }
    state_.give_back(frame);
    return outcome;
  }

  void judged(const Answer& answer, std::uint32_t moves) {
    patience_.succeeded();
    ++counts_.judged;
    next_ = answer.next;
    state_.turn(next_, moves);
    set_size(next_.size);
    note(answer.reason.view());
    Text<96> line;
    line << message::JUDGED << answer.reason.view() << ", next in " << next_.interval_ms << " ms";
    board_.say(line.view());
    wait(next_.interval_ms);
  }

  void failed(Outcome outcome, const Answer& answer) {
    ++counts_.failed;
    note(answer.error.empty() ? "failed" : answer.error.view());
    Text<320> line;
    line << message_of(outcome);
    if (outcome == Outcome::refused) line << answer.message.view();
    line << "; again in " << wait_ms_ << " ms";
    board_.say(line.view());
  }

  void note(std::string_view last) { state_.note(counts_, last, size_); }

  void set_size(FrameSize wanted) {
    const FrameSize size = smaller(wanted, largest_);
    if (has_size_ && size == size_) return;
    size_ = size;
    has_size_ = true;
    board_.set_size(size);
  }

  void wait(std::uint32_t milliseconds) {
    constexpr std::uint32_t slice = 100;
    const std::int64_t until = board_.now_us() + static_cast<std::int64_t>(milliseconds) * 1000;
    for (std::int64_t left = milliseconds; left > 0; left = (until - board_.now_us() + 999) / 1000) {
      board_.alive();
      board_.sleep_ms(left < slice ? static_cast<std::uint32_t>(left) : slice);
    }
  }

  Board& board_;
  Poster& poster_;
  State& state_;
  Patience patience_;
  Next next_;
  Counts counts_;
  FrameSize size_ = FrameSize::svga, largest_ = FrameSize::uxga;
  std::uint32_t wait_ms_ = 0;
  bool has_size_ = false;
};

}  // namespace lookout
