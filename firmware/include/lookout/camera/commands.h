/// What the camera serves in its own network: `/servo`, `/led`, `/capture` and `/status`, as the agent's map `simple`
/// has them, and `/update` where it is switched on.
#pragma once

#include "lookout/camera/state.h"
#include "lookout/http/query.h"
#include "lookout/net/server.h"

namespace lookout {

/// Takes a new firmware; see `update.h`.
struct Updater {
  virtual ~Updater() = default;
  /// What is wrong with it; empty when it was installed.
  virtual std::string_view install(Incoming& body, std::uint32_t size) = 0;
};

class Commands : public Handler {
 public:
  static constexpr std::string_view UPDATE = "/update";

  /// `updater`: null where updates are off.
  Commands(Board& board, State& state, Updater* updater = nullptr) : board_(board), state_(state), updater_(updater) {}

  void handle(const RequestReader& request, Incoming& body, Reply& reply) override {
    const std::string_view path = request.path(), query = request.query();
    if (!request.is_sent_to_an_address()) {
      reply.say(403, "use the camera's address in digits");
    } else if (request.method() == "POST" && path == UPDATE && updater_ != nullptr) {
      update(body, request.length(), reply);
    } else if (request.method() != "GET") {
      reply.say(405, "only GET");
    } else if (path == "/servo") {
      servo(query, reply);
    } else if (path == "/led") {
      led(query, reply);
    } else if (path == "/capture") {
      capture(reply);
    } else if (path == "/status") {
      reply.json(state_.status().view());
    } else if (path == "/") {
      reply.say(200, "Lookout camera: /capture /status /servo?pan=&tilt= /led?state=");
    } else {
      reply.say(404, "there is /capture, /status, /servo and /led");
    }
  }

  void sent() override {
    if (frame_.buffer != nullptr) state_.give_back(frame_);
    frame_ = Frame();
  }

 private:
  static Found angle(std::string_view query, std::string_view name, int& degrees) {
    Text<8> text;
    std::uint32_t read = 0;
    const Found found = query_value(query, name, text);
    if (found != Found::good) return found;
    if (!read_number(text.view(), 180, read)) return Found::bad;
    degrees = static_cast<int>(read);
    return Found::good;
  }

  void servo(std::string_view query, Reply& reply) {
    if (!board_.has_servos()) return void(reply.say(404, "this board has no servos"));
    Angles wanted{-1, -1};
    const Found pan = angle(query, "pan", wanted.pan), tilt = angle(query, "tilt", wanted.tilt);
    if (pan == Found::bad || tilt == Found::bad || (pan == Found::missing && tilt == Found::missing)) {
      return void(reply.say(400, "pan and tilt are whole degrees from 0 to 180"));
    }
    const Angles now = state_.go(wanted);
    Text<48> json;
    json << "{\"pan\": " << now.pan << ", \"tilt\": " << now.tilt << "}";
    reply.json(json.view());
  }

  void led(std::string_view query, Reply& reply) {
    if (!board_.has_light()) return void(reply.say(404, "this board has no light"));
    Text<8> text;
    std::uint32_t level = 0;
    if (query_value(query, "state", text) != Found::good) return void(reply.say(400, "state is missing"));
    if (text.view() == "on") {
      level = 255;
    } else if (text.view() != "off" && !read_number(text.view(), 255, level)) {
      return void(reply.say(400, "state is 0 to 255, on or off"));
    }
    state_.set_led(static_cast<std::uint8_t>(level));
    reply.json((Text<24>() << "{\"led\": " << level << "}").view());
  }

  void capture(Reply& reply) {
    std::uint32_t stale = 0;
    if (!state_.take_fresh(frame_, stale)) {
      frame_ = Frame();
      reply.header << "Retry-After: 1\r\n";
      return void(reply.say(503, "no picture right now"));
    }
    reply.type = "image/jpeg";
    reply.bytes = {reinterpret_cast<const char*>(frame_.bytes), frame_.size};
    Text<8> fraction;
    fraction << 1000000 + frame_.taken_us % 1000000;
    reply.header << "X-Timestamp: " << frame_.taken_us / 1000000 << "." << fraction.view().substr(1) << "\r\n";
  }

  void update(Incoming& body, std::uint32_t size, Reply& reply) {
    const std::string_view problem = updater_->install(body, size);
    reply.say(problem.empty() ? 200 : 403, problem.empty() ? "installed; restarting" : problem);
  }

  Board& board_;
  State& state_;
  Updater* updater_;
  Frame frame_;
};

}  // namespace lookout
