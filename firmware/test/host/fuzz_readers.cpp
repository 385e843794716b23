// Whatever arrives, in whatever pieces: no byte is read or written out of place (the sanitizers see to that), nothing
// grows, and the pieces make no difference.
#include "bench.h"
#include "lookout/http/query.h"
#include "lookout/http/request_reader.h"
#include "lookout/setup/portal.h"

using namespace lookout;
using test::Chance;

namespace {

std::uint32_t rounds = 20000;
std::uint64_t seed = 1;

const std::vector<std::string> JSONS = {
    R"({"status": "success", "person": null, "confidence": 0.0, "alert_id": null, "is_known": false, "reason": "no_face", "faces": [], "faces_skipped": 0, "next": {"interval_ms": 2000, "flash": 0, "framesize": "SVGA"}})",
    R"({"status":"success","person":"Zo\u00eb \ud83d\ude00","reason":"known","faces":[{"box":[1,2,3,4],"candidates":["a","b"]}],"next":{"interval_ms":1e3,"flash":true,"framesize":"UXGA","pan":-7,"tilt":3}})",
    R"({"status":"error","error":"too_many","message":"Wait \"17\" seconds.\n"})"};

const std::vector<std::string> RESPONSES = {
    test::good(), test::response(429, JSONS[2], "Retry-After: 17\r\nConnection: close\r\n"),
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\na\r\n0123456789\r\n0\r\nT: r\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\n{}", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"};

const std::vector<std::string> REQUESTS = {
    "GET /servo?pan=40&tilt=%31 HTTP/1.1\r\nHost: 192.168.1.50\r\nConnection: close\r\n\r\n",
    "POST /save HTTP/1.1\r\nHost: x\r\nContent-Length: 29\r\n\r\nwifi=a%26b&password=12345678+"};

/// `text` with a few bytes changed, taken out, put in, doubled, or cut off.
std::string mangled(const std::string& text, Chance& chance) {
  static const std::string letters = "{}[]\",:\\u0d8x.-+eE019tfn \r\n\t%&=;/\xFF\xC3\x80";
  std::string result = text;
  for (std::uint32_t change = chance.below(6); change > 0 && !result.empty(); --change) {
    const std::size_t at = chance.below(static_cast<std::uint32_t>(result.size()));
    const char letter = chance.below(4) == 0 ? static_cast<char>(chance.next()) : letters[chance.below(static_cast<std::uint32_t>(letters.size()))];
    switch (chance.below(5)) {
      case 0: result[at] = letter; break;
      case 1: result.erase(at, 1 + chance.below(8)); break;
      case 2: result.insert(at, chance.below(300), letter); break;
      case 3: result.insert(at, result.substr(at, chance.below(64))); break;
      default: result.resize(at); break;
    }
  }
  return result;
}

const std::string& one_of(const std::vector<std::string>& all, Chance& chance) {
  return all[chance.below(static_cast<std::uint32_t>(all.size()))];
}

/// Give `text` to `feed` in pieces of 1 to 40 bytes, each in a place of its own: one byte too far is found.
template <typename Feed>
void in_pieces(const std::string& text, Chance& chance, const Feed& feed) {
  for (std::size_t at = 0; at < text.size();) {
    const std::vector<char> piece(text.begin() + static_cast<std::ptrdiff_t>(at),
                                  text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), at + 1 + chance.below(40))));
    feed(std::string_view(piece.data(), piece.size()));
    at += piece.size();
  }
}

struct Values : JsonListener {
  void on_value(std::string_view path, JsonKind, std::string_view text) override {
    all.append(path).append("=").append(text).append(";");
    CHECK(path.size() <= 96 && text.size() <= JsonReader::LONGEST_TEXT);
  }
  std::string all;
};

struct Body : BodyListener {
  void on_body(std::string_view bytes) override { text += bytes; }
  std::string text;
};

}  // namespace

TEST(json_in_pieces_means_the_same_as_whole) {
  Chance chance(seed);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const std::string text = mangled(one_of(JSONS, chance), chance);
    Values whole, pieces;
    JsonReader one(whole), other(pieces);
    one.feed(text);
    in_pieces(text, chance, [&](std::string_view piece) { other.feed(piece); });
    EQUAL(one.finish(), other.finish());
    CHECK(whole.all == pieces.all);
  }
}

TEST(an_answer_stays_within_its_limits) {
  Chance chance(seed + 1);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Answer answer{Next()};
    JsonReader reader(answer);
    reader.feed(mangled(one_of(JSONS, chance), chance));
    CHECK(answer.next.interval_ms >= Next::SHORTEST_MS && answer.next.interval_ms <= Next::LONGEST_MS);
    CHECK(answer.next.size <= FrameSize::uxga);
    CHECK(std::abs(answer.next.pan) <= Next::FARTHEST && std::abs(answer.next.tilt) <= Next::FARTHEST);
  }
}

TEST(a_response_in_pieces_means_the_same_as_whole) {
  Chance chance(seed + 2);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const std::string text = mangled(one_of(RESPONSES, chance), chance);
    Body whole, pieces;
    ResponseReader one(whole), other(pieces);
    one.feed(text);
    in_pieces(text, chance, [&](std::string_view piece) { other.feed(piece); });
    EQUAL(one.is_whole(), other.is_whole());
    EQUAL(one.status(), other.status());
    EQUAL(one.stays_open(), other.stays_open());
    CHECK(whole.text == pieces.text && whole.text.size() <= text.size());
    EQUAL(one.finish(), other.finish());
  }
}

TEST(a_request_in_pieces_means_the_same_as_whole) {
  Chance chance(seed + 3);
  for (std::uint32_t round = 0; round < rounds; ++round) {
    const std::string text = mangled(one_of(REQUESTS, chance), chance);
    RequestReader one, other;
    const std::size_t taken = one.feed(text);
    std::size_t in_all = 0;
    in_pieces(text, chance, [&](std::string_view piece) { in_all += other.feed(piece); });
    EQUAL(taken, in_all);
    EQUAL(one.is_done(), other.is_done());
    EQUAL(one.refusal(), other.refusal());
    CHECK(one.path() == other.path() && one.query() == other.query() && one.body() == other.body());
    Text<8> value;
    query_value(one.query(), "pan", value);
    CHECK(!one.is_done() || one.refusal() != 0 || one.path().substr(0, 1) == "/");
  }
}

TEST(a_form_never_brings_settings_that_could_break_a_request) {
  Chance chance(seed + 4);
  const std::string form = "wifi=a%26b&password=12345678&url=https%3A%2F%2Fx.web.app%2Fdetect&camera_id=cam_1&key=" + std::string(43, 'k');
  for (std::uint32_t round = 0; round < rounds; ++round) {
    Settings settings;
    if (!read_form(mangled(form, chance), settings).empty()) continue;
    const Identity identity = identity_of(settings);
    for (const auto text : {identity.address.host.view(), identity.address.path.view(), identity.camera_id.view(), identity.key.view()}) {
      CHECK(!text.empty());
      for (const unsigned char letter : text) CHECK(letter > ' ' && letter < 0x7F);
    }
  }
}

TEST(a_camera_bears_a_server_that_answers_anything) {
  Chance chance(seed + 5);
  for (std::uint32_t round = 0; round < rounds / 100; ++round) {
    std::vector<test::Line::Script> scripts(20);
    for (auto& script : scripts) {
      script.answer = mangled(one_of(RESPONSES, chance), chance);
      script.closes = chance.below(3) == 0;
      script.is_dead = chance.below(5) == 0;
      if (chance.below(10) == 0) script.opened = chance.below(2) == 0 ? Opened::unreachable : Opened::untrusted;
    }
    test::Rig rig(scripts);
    rig.board.chance = Chance(chance.next());
    const std::int64_t started = rig.board.clock_us;
    rig.steps(20);
    EQUAL(rig.board.out, 0);
    CHECK(rig.board.longest_unwatched_us <= 1000 * 1000);
    CHECK(rig.posts() <= 20 * Camera::MOST_TRIES * 2);
    CHECK(rig.board.clock_us - started >= 20 * Next::SHORTEST_MS * 1000);
  }
}

int main(int count, char** words) {
  if (count > 1) seed = std::strtoull(words[1], nullptr, 10);
  if (count > 2) rounds = static_cast<std::uint32_t>(std::strtoul(words[2], nullptr, 10));
  std::cout << "seed " << seed << ", " << rounds << " rounds\n";
  return test::run_all();
}
