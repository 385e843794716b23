// The camera: what it posts, when, and what it does about the answer.
#include "bench.h"
#include "lookout/camera/commands.h"

using namespace lookout;
using test::good;
using test::response;
using test::Rig;

TEST(a_frame_is_posted_with_its_length_the_camera_and_its_key) {
  Rig rig({{good()}});
  rig.steps(1);
  EQUAL(rig.line.sent,
        "POST /detect HTTP/1.1\r\nHost: house.web.app\r\nContent-Type: image/jpeg\r\nContent-Length: 10\r\n"
        "X-Camera-Id: cam_001\r\nX-Camera-Key: a-key-of-many-letters\r\nConnection: keep-alive\r\n\r\n" + rig.board.jpeg);
  CHECK(rig.board.said("judged: known, next in 1000 ms"));
  EQUAL(rig.board.out, 0);
}

TEST(one_connection_serves_frame_after_frame) {
  Rig rig({{good()}});
  rig.steps(20);
  EQUAL(rig.posts(), 20);
  EQUAL(rig.line.opens, 1);
}

TEST(a_kept_connection_that_the_server_closed_is_opened_again_and_costs_no_wait) {
  test::Line::Script dies{good()};
  dies.is_dead = true;
  Rig rig({dies, {good()}});
  rig.steps(2);
  EQUAL(rig.line.opens, 2);
  EQUAL(rig.board.slept_ms, 2000U);
  CHECK(!rig.board.said("cannot reach"));
}

TEST(the_interval_is_the_one_that_the_answer_asked_for) {
  Rig rig({{good("\"interval_ms\": 30000")}, {good("\"interval_ms\": 500")}, {good("\"flash\": 0")}});
  rig.steps(1);
  EQUAL(rig.board.slept_ms, 30000U);
  rig.steps(1);
  EQUAL(rig.board.slept_ms, 30500U);
  rig.steps(1);
  EQUAL(rig.board.slept_ms, 31000U);
}

TEST(the_watchdog_hears_of_it_through_the_longest_wait) {
  Rig rig({{good("\"interval_ms\": 600000")}});
  rig.steps(1);
  CHECK(rig.board.longest_unwatched_us <= 1000 * 1000);
}

TEST(the_flash_lights_for_the_picture_alone) {
  Rig rig({{good("\"flash\": 1")}, {good("\"flash\": 0")}});
  rig.steps(1);
  EQUAL(rig.board.lit.back(), 0);
  rig.steps(1);
  EQUAL(rig.board.lit.back(), 255);
  EQUAL(rig.board.light, 0);
  rig.steps(1);
  EQUAL(rig.board.lit.back(), 0);
}

TEST(a_light_that_was_switched_on_stays_on_after_a_flash) {
  Rig rig({{good("\"flash\": 1")}});
  rig.state.set_led(40);
  rig.steps(2);
  EQUAL(rig.board.light, 40);
}

TEST(the_frame_size_follows_the_answer_and_changes_only_when_it_has_to) {
  Rig rig({{good("\"framesize\": \"UXGA\"")}, {good("\"framesize\": \"UXGA\"")}, {good("\"framesize\": \"SVGA\"")}});
  rig.steps(3);
  const std::vector<FrameSize> sizes = {FrameSize::svga, FrameSize::uxga, FrameSize::svga};
  CHECK(rig.board.sizes == sizes);
}

TEST(without_psram_no_frame_is_larger_than_svga) {
  Rig rig({{good("\"framesize\": \"UXGA\"")}}, false);
  rig.steps(2);
  CHECK(rig.board.sizes == std::vector<FrameSize>{FrameSize::svga});
}

TEST(servos_turn_by_what_the_answer_says) {
  Rig rig({{good("\"pan\": -7, \"tilt\": 3")}});
  rig.steps(1);
  EQUAL(rig.board.pulses[Axis::pan], pulse_of(83));
  EQUAL(rig.board.pulses[Axis::tilt], pulse_of(93));
  rig.steps(30);
  EQUAL(rig.board.pulses[Axis::pan], pulse_of(SERVO_LOWEST));
  EQUAL(rig.board.pulses[Axis::tilt], pulse_of(SERVO_HIGHEST));
}

TEST(servos_mounted_the_other_way_turn_the_other_way) {
  test::Bench board;
  State state(board, -1, 1);
  state.begin();
  Next next;
  next.turns = true;
  next.pan = 10;
  state.turn(next, state.moves());
  EQUAL(board.pulses[Axis::pan], pulse_of(80));
}

TEST(a_turn_for_a_frame_of_another_direction_is_left_out) {
  test::Bench board;
  State state(board, 1, 1);
  state.begin();
  const std::uint32_t moves = state.moves();
  state.go({40, -1});
  Next next;
  next.turns = true;
  next.pan = 10;
  state.turn(next, moves);
  EQUAL(board.pulses[Axis::pan], pulse_of(40));
}

TEST(frames_of_before_are_dropped) {
  Rig rig({{good()}});
  for (int age : {60, 40, 20}) rig.board.queue.push_back(rig.board.clock_us - age * 1000000);
  rig.board.begun_before_us = test::Bench::FRAME_US + 1;  // and one that was begun before it was asked for
  rig.steps(1);
  EQUAL(rig.posts(), 1);
  CHECK(rig.state.status().view().find("\"stale\": 4") != std::string_view::npos);
  EQUAL(rig.board.out, 0);
}

TEST(a_frame_that_was_cut_short_is_not_posted) {
  for (const char* broken : {"", "\xFF\xD8", "\xFF\xD8pixels", "pixels\xFF\xD9", "BM pixels"}) {
    Rig rig({{good()}});
    rig.board.jpeg = broken;
    rig.steps(1);
    EQUAL(rig.posts(), 0);
    CHECK(rig.board.said(message::NO_FRAME));
    EQUAL(rig.board.out, 0);
  }
}

TEST(zeros_behind_the_end_of_a_frame_are_left_out) {
  Rig rig({{good()}});
  rig.board.jpeg += std::string(3, '\0');
  rig.steps(1);
  CHECK(rig.line.sent.find("Content-Length: 10\r\n") != std::string::npos);
}

TEST(a_sensor_that_gives_nothing_is_asked_again_later_and_later) {
  Rig rig({{good()}});
  rig.board.is_dead = true;
  rig.steps(10);
  CHECK(rig.board.slept_ms > 60000 && rig.board.slept_ms < 600000);
  rig.board.is_dead = false;
  rig.steps(1);
  EQUAL(rig.posts(), 1);
}

TEST(a_server_that_is_gone_is_asked_again_within_limits_and_never_in_step) {
  test::Line::Script gone;
  gone.opened = Opened::unreachable;
  std::vector<std::uint32_t> waits;
  for (int seed = 1; seed < 5; ++seed) {
    Rig rig({gone});
    rig.board.chance = test::Chance(static_cast<std::uint64_t>(seed));
    rig.steps(30);
    waits.push_back(rig.board.slept_ms);
    CHECK(rig.board.slept_ms > 15 * 60 * 1000 && rig.board.slept_ms < 35 * 60 * 1000);
    CHECK(rig.board.said("cannot reach the server; again in"));
    EQUAL(rig.board.out, 0);
  }
  CHECK(waits[0] != waits[1] && waits[1] != waits[2] && waits[2] != waits[3]);
}

TEST(the_same_frame_is_posted_three_times_at_most_and_never_when_it_is_old) {
  Rig rig({{response(503, R"({"status":"error","error":"unavailable"})")}});
  rig.steps(1);
  CHECK(rig.posts() == 3);
  Rig later({{response(503, R"({"status":"error","error":"unavailable"})", "Retry-After: 10\r\n")}});
  later.steps(1);
  EQUAL(later.posts(), 1);
  CHECK(later.board.said(message::DROPPED));
  CHECK(later.board.slept_ms >= 10000);
}

TEST(what_the_server_asks_for_is_never_undercut_nor_believed_for_ever) {
  Patience patience;
  for (std::uint32_t random = 0; random < 100000; random += 97) {
    const std::uint32_t waited = patience.failed(Outcome::too_many, 17, random);
    CHECK(waited >= 17000 && waited < 18000);
  }
  CHECK(patience.failed(Outcome::too_many, 999999, 5) < Patience::LONGEST_ASKED_MS + 1000);
}

TEST(waits_grow_from_failure_to_failure_and_begin_anew_after_a_success) {
  Patience patience;
  std::uint32_t most = 1000;
  for (int failure = 1; failure < 40; ++failure) {
    const std::uint32_t waited = patience.failed(Outcome::unreachable, 0, 0xFFFFFFFF / static_cast<std::uint32_t>(failure));
    CHECK(waited >= most / 2 && waited <= most);
    most = std::min(most * 2, 60000U);
  }
  patience.succeeded();
  CHECK(patience.failed(Outcome::unreachable, 0, 3) <= 1000);
}

TEST(each_refusal_is_told_on_the_serial_line_and_waited_for) {
  const std::vector<std::pair<int, std::string_view>> refusals = {
      {400, message::REFUSED}, {401, message::STRANGER},  {403, message::STRANGER},    {404, message::REFUSED},
      {413, message::TOO_LARGE}, {415, message::REFUSED}, {422, message::REFUSED},     {429, message::TOO_MANY},
      {500, message::UNAVAILABLE}, {503, message::UNAVAILABLE}, {504, message::UNAVAILABLE}, {302, message::GARBLED}};
  for (const auto& [status, said] : refusals) {
    Rig rig({{response(status, R"({"status":"error","error":"x","message":"Do this."})")}});
    rig.steps(1);
    CHECK(rig.board.said(said));
    CHECK(rig.board.slept_ms >= 500);
    EQUAL(rig.board.out, 0);
  }
}

TEST(a_camera_that_is_not_known_does_not_knock_every_second) {
  Rig rig({{response(401, R"({"status":"error","error":"unauthorised"})")}});
  rig.steps(3);
  EQUAL(rig.posts(), 3);
  CHECK(rig.board.slept_ms >= 90000);
}

TEST(a_frame_that_is_too_large_makes_the_next_ones_smaller_for_good) {
  Rig rig({{good("\"framesize\": \"UXGA\"")}, {response(413, "{}")}, {good("\"framesize\": \"UXGA\"")}});
  rig.steps(3);
  CHECK(rig.board.sizes.back() == FrameSize::sxga);
}

TEST(an_answer_that_is_not_lookouts_is_no_success) {
  for (const char* body : {"<html>hello</html>", "", "{\"status\":\"success\"", "{\"status\":\"error\"}", "[]", "{} {}"}) {
    Rig rig({{response(200, body)}});
    rig.steps(1);
    CHECK(rig.board.said(message::GARBLED));
  }
}

TEST(a_connection_that_breaks_in_the_answer_is_a_failure_of_the_connection) {
  test::Line::Script half{good().substr(0, 60)};
  half.closes = true;
  Rig rig({half});
  rig.steps(1);
  CHECK(rig.board.said(message::UNREACHABLE));
}

TEST(a_certificate_of_somebody_else_is_told_as_such) {
  test::Line::Script other;
  other.opened = Opened::untrusted;
  Rig rig({other});
  rig.steps(1);
  CHECK(rig.board.said(message::UNTRUSTED));
  EQUAL(rig.line.sent, "");
  CHECK(rig.board.slept_ms >= 30000);
}

TEST(angles_become_pulses_and_duties) {
  EQUAL(pulse_of(0), 500U);
  EQUAL(pulse_of(90), 1500U);
  EQUAL(pulse_of(180), 2500U);
  EQUAL(duty_of(1500, 14), 1228U);
  EQUAL(duty_of(20000, 14), 1U << 14);
}

namespace {

struct Nothing : Incoming {
  std::string_view next() override { return {}; }
};

struct Asked {
  int status;
  std::string type, text, header;
};

Asked ask(Commands& commands, const std::string& target, const std::string& host = "192.168.1.50", const char* method = "GET") {
  RequestReader request;
  request.feed(std::string(method) + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n");
  Nothing body;
  Reply reply;
  commands.handle(request, body, reply);
  Asked asked{reply.status, std::string(reply.type), std::string(reply.bytes.empty() ? reply.text.view() : reply.bytes),
              std::string(reply.header.view())};
  commands.sent();
  return asked;
}

struct Served {
  test::Bench board;
  State state{board, 1, 1};
  Commands commands{board, state};
};

}  // namespace

TEST(servo_goes_where_it_reaches_and_says_where_that_is) {
  Served at;
  EQUAL(ask(at.commands, "/servo?pan=40&tilt=120").text, "{\"pan\": 40, \"tilt\": 120}");
  EQUAL(ask(at.commands, "/servo?pan=0&tilt=180").text, "{\"pan\": 5, \"tilt\": 175}");
  EQUAL(ask(at.commands, "/servo?tilt=90").text, "{\"pan\": 5, \"tilt\": 90}");
  EQUAL(at.board.pulses[Axis::pan], pulse_of(5));
  for (const char* wrong : {"", "?pan=", "?pan=181&tilt=1", "?pan=-1&tilt=1", "?pan=x&tilt=1", "?pan=1.5", "?pan=%zz&tilt=1",
                            "?pan=99999999999999&tilt=1", "?pan=+1&tilt=2"}) {
    EQUAL(ask(at.commands, "/servo" + std::string(wrong)).status, 400);
  }
  EQUAL(at.board.pulses[Axis::pan], pulse_of(5));
}

TEST(led_takes_a_level_or_on_and_off) {
  Served at;
  EQUAL(ask(at.commands, "/led?state=128").text, "{\"led\": 128}");
  EQUAL(at.board.light, 128);
  EQUAL(ask(at.commands, "/led?state=on").text, "{\"led\": 255}");
  EQUAL(ask(at.commands, "/led?state=off").text, "{\"led\": 0}");
  for (const char* wrong : {"", "?state=", "?state=256", "?state=-1", "?state=bright"}) {
    EQUAL(ask(at.commands, "/led" + std::string(wrong)).status, 400);
  }
}

TEST(what_a_board_does_not_have_is_not_found) {
  Served at;
  at.board.light_there = at.board.servos_there = false;
  EQUAL(ask(at.commands, "/led?state=1").status, 404);
  EQUAL(ask(at.commands, "/servo?pan=1&tilt=1").status, 404);
  EQUAL(ask(at.commands, "/stream").status, 404);
}

TEST(capture_gives_a_fresh_frame_with_its_time) {
  Served at;
  at.board.queue.push_back(at.board.clock_us - 1);
  const Asked asked = ask(at.commands, "/capture");
  EQUAL(asked.type, "image/jpeg");
  EQUAL(asked.text, at.board.jpeg);
  EQUAL(asked.header, "X-Timestamp: 60.080000\r\n");
  EQUAL(at.board.out, 0);
}

TEST(without_psram_a_capture_waits_for_the_frame_that_is_being_posted) {
  Served at;
  at.board.psram_there = false;
  Frame frame;
  std::uint32_t stale = 0;
  CHECK(at.state.take_fresh(frame, stale));
  EQUAL(ask(at.commands, "/capture").status, 503);
  EQUAL(at.board.most_out, 1);
  at.state.give_back(frame);
  EQUAL(ask(at.commands, "/capture").status, 200);
}

TEST(status_is_json_that_the_agent_can_read) {
  Served at;
  at.state.go({40, 120});
  at.state.note({3, 2, 1}, "same_visit\"}", FrameSize::uxga);
  EQUAL(ask(at.commands, "/status").text,
        "{\"pan\": 40, \"tilt\": 120, \"led\": 0, \"framesize\": \"UXGA\", \"judged\": 3, \"failed\": 2, \"stale\": 1, "
        "\"last\": \"same_visit__\", \"uptime_s\": 60}");
}

TEST(a_page_of_the_internet_cannot_use_the_camera) {
  Served at;
  EQUAL(ask(at.commands, "/capture", "rebound.example").status, 403);
  EQUAL(ask(at.commands, "/led?state=1", "192.168.1.50", "POST").status, 405);
  EQUAL(ask(at.commands, "/update", "192.168.1.50", "POST").status, 405);  // updates are off
  EQUAL(ask(at.commands, "/status", "192.168.1.50:81").status, 200);
}

TEST(the_board_says_why_it_started_when_that_is_bad_news) {
  CHECK(message_of(Start::power).empty());
  CHECK(message_of(Start::brownout).find("supply") != std::string_view::npos);
  CHECK(message_of(Start::watchdog).find("watchdog") != std::string_view::npos);
}

int main() { return test::run_all(); }
