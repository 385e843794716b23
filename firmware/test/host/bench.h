/// Stand-ins for the hardware: a clock that runs when somebody waits, a sensor with its queue, pins, a line.
#pragma once

#include <algorithm>
#include <deque>
#include <map>

#include "check.h"
#include "lookout/camera/camera.h"
#include "lookout/setup/settings.h"

namespace test {

struct Bench : lookout::Board {
  explicit Bench(bool psram = true) : psram_there(psram) {}
  std::int64_t now_us() override { return clock_us; }
  void sleep_ms(std::uint32_t milliseconds) override {
    clock_us += milliseconds * 1000;
    slept_ms += milliseconds;
    longest_unwatched_us = std::max(longest_unwatched_us, clock_us - watched_us);
  }
  void alive() override { watched_us = clock_us; }
  std::uint32_t random() override { return chance.next(); }
  void say(std::string_view line) override { lines.emplace_back(line); }

  bool take(lookout::Frame& frame) override {
    if (is_dead) return false;
    if (queue.empty()) {
      clock_us += FRAME_US;
      queue.push_back(clock_us - begun_before_us);
      begun_before_us = 0;
    }
    frame.taken_us = queue.front();
    queue.pop_front();
    ++out;
    most_out = std::max(most_out, out);
    lit.push_back(light);
    frame.bytes = reinterpret_cast<const std::uint8_t*>(jpeg.data());
    frame.size = jpeg.size();
    frame.buffer = this;
    return true;
  }
  void give_back(const lookout::Frame&) override { --out; }
  void set_size(lookout::FrameSize size) override { sizes.push_back(size); }
  void set_light(std::uint8_t level) override { light = level; }
  void set_pulse(lookout::Axis axis, std::uint32_t microseconds) override { pulses[axis] = microseconds; }
  bool has_light() override { return light_there; }
  bool has_servos() override { return servos_there; }
  bool has_psram() override { return psram_there; }

  bool said(std::string_view part) const {
    for (const std::string& line : lines) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }

  static constexpr std::int64_t FRAME_US = 80 * 1000;
  std::int64_t clock_us = 60 * 1000 * 1000, watched_us = clock_us, longest_unwatched_us = 0, begun_before_us = 0;
  std::uint32_t slept_ms = 0;
  Chance chance{7};
  std::vector<std::string> lines;
  std::deque<std::int64_t> queue;
  std::string jpeg = "\xFF\xD8pixels\xFF\xD9";
  std::vector<lookout::FrameSize> sizes;
  std::vector<int> lit;
  std::map<lookout::Axis, std::uint32_t> pulses;
  int light = 0, out = 0, most_out = 0;
  bool is_dead = false, light_there = true, servos_there = true, psram_there;
};

/// A server that answers as it was told to, in order; when nothing is left, the last again.
struct Line : lookout::Link {
  struct Script {
    std::string answer;
    bool closes = false;             ///< after the answer
    bool is_dead = false;            ///< the connection kept open is gone by now
    lookout::Opened opened = lookout::Opened::yes;
  };

  lookout::Opened open(const lookout::Address&, std::uint32_t) override {
    ++opens;
    is_dead = false;
    if (script().opened == lookout::Opened::yes) {
      is_up = true;
      return lookout::Opened::yes;
    }
    const lookout::Opened result = script().opened;
    next();
    return result;
  }
  bool write(std::string_view bytes) override {
    if (is_dead) return false;
    sent += bytes;
    return true;
  }
  int read(char* bytes, std::size_t size) override {
    if (is_dead) return BROKEN;
    if (at == script().answer.size()) {
      const bool closes = script().closes;
      next();
      return closes ? CLOSED : SILENT;
    }
    const std::size_t piece = std::min({size, script().answer.size() - at, std::size_t{7}});
    script().answer.copy(bytes, piece, at);
    at += piece;
    if (at == script().answer.size() && !script().closes) {
      is_dead = script().is_dead;
      next();
    }
    return static_cast<int>(piece);
  }
  void close() override { is_up = false; }
  [[nodiscard]] bool is_open() const override { return is_up; }

  Script& script() { return scripts[std::min(turn, scripts.size() - 1)]; }
  void next() {
    ++turn;
    at = 0;
  }

  std::vector<Script> scripts;
  std::size_t turn = 0, at = 0;
  std::string sent;
  int opens = 0;
  bool is_up = false, is_dead = false;
};

inline std::string response(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string good(const std::string& next = R"("interval_ms": 1000)") {
  return response(200, R"({"status": "success", "reason": "known", "next": {)" + next + "}}");
}

/// All of a camera, on stand-ins.
struct Rig {
  explicit Rig(std::vector<Line::Script> scripts, bool psram = true) : board(psram) {
    line.scripts = std::move(scripts);
    identity.address.host = "house.web.app";
    identity.address.path = "/detect";
    identity.camera_id = "cam_001";
    identity.key = "a-key-of-many-letters";
    state.begin();
  }
  void steps(int count) {
    for (int step = 0; step < count; ++step) camera.step();
  }
  int posts() const {
    int count = 0;
    for (std::size_t at = line.sent.find("POST "); at != std::string::npos; at = line.sent.find("POST ", at + 1)) ++count;
    return count;
  }

  Bench board;
  Line line;
  lookout::Identity identity;
  lookout::State state{board, 1, 1};
  lookout::Poster poster{board, line, identity};
  lookout::Camera camera{board, poster, state};
};

}  // namespace test
