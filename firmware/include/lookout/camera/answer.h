/// What Lookout answered to a frame: how it was judged, and what to do next.
#pragma once

#include "lookout/camera/frame.h"
#include "lookout/http/json.h"

namespace lookout {

struct Next {
  static constexpr std::uint32_t SHORTEST_MS = 250, LONGEST_MS = 10 * 60 * 1000;
  /// Degrees at most in one turn: more than half of what any lens sees is a mistake.
  static constexpr int FARTHEST = 90;

  std::uint32_t interval_ms = 2000;
  FrameSize size = FrameSize::svga;
  bool flash = false;
  bool turns = false;
  int pan = 0, tilt = 0;
};

/// Listens to the JSON of an answer. What is missing or makes no sense stays as it was; `next` keeps from answer to
/// answer, all but the turn.
class Answer : public JsonListener {
 public:
  explicit Answer(const Next& before) : next(before) { next.turns = false, next.pan = next.tilt = 0; }

  void on_value(std::string_view path, JsonKind kind, std::string_view text) override {
    if (kind == JsonKind::text) {
      if (path == "status") is_success = text == "success";
      if (path == "reason") reason = text;
      if (path == "error") error = text;
      if (path == "message") message = text;
      if (path == "next\nframesize") read_frame_size(text, next.size);
    }
    if (kind != JsonKind::number && kind != JsonKind::truth) return;
    if (path == "next\ninterval_ms") read_interval(text);
    if (path == "next\nflash") read_flash(text);
    if (path == "next\npan") next.turns = read_degrees(text, next.pan) || next.turns;
    if (path == "next\ntilt") next.turns = read_degrees(text, next.tilt) || next.turns;
  }

  bool is_success = false;
  Text<24> reason, error;
  Text<JsonReader::LONGEST_TEXT> message;
  Next next;

 private:
  void read_interval(std::string_view text) {
    std::uint32_t read = 0;
    // a fraction of a millisecond is nobody's wish
    if (!read_number(text.substr(0, text.find('.')), 0xFFFFFFFF, read)) return;
    next.interval_ms = read < Next::SHORTEST_MS ? Next::SHORTEST_MS : read > Next::LONGEST_MS ? Next::LONGEST_MS : read;
  }

  void read_flash(std::string_view text) {
    if (text == "0" || text == "false") next.flash = false;
    if (text == "1" || text == "true") next.flash = true;
  }

  static bool read_degrees(std::string_view text, int& degrees) {
    const bool negative = !text.empty() && text.front() == '-';
    std::uint32_t read = 0;
    if (!read_number(text.substr(negative ? 1 : 0), Next::FARTHEST, read)) return false;
    degrees = negative ? -static_cast<int>(read) : static_cast<int>(read);
    return true;
  }
};

}  // namespace lookout
