// What arrives over HTTP: answers, requests, forms.
#include "check.h"
#include "lookout/camera/answer.h"
#include "lookout/http/query.h"
#include "lookout/http/request_reader.h"
#include "lookout/http/response_reader.h"

using namespace lookout;

namespace {

struct Values : JsonListener {
  void on_value(std::string_view path, JsonKind kind, std::string_view text) override {
    for (const char letter : path) all << (letter == PATH_SEPARATOR ? '/' : letter);
    all << "=" << "snbz"[static_cast<int>(kind)] << ":" << text << ";";
  }
  std::ostringstream all;
};

std::string values(std::string_view json) {
  Values listener;
  JsonReader reader(listener);
  reader.feed(json);
  return reader.finish() ? listener.all.str() : "wrong";
}

struct Body : BodyListener {
  void on_body(std::string_view bytes) override { text += bytes; }
  std::string text;
};

struct Response {
  explicit Response(std::string_view bytes, bool ends = false) {
    ResponseReader reader(body);
    is_good = reader.feed(bytes);
    if (ends) reader.finish();
    is_whole = reader.is_whole();
    status = reader.status();
    stays_open = reader.stays_open();
    retry_after = reader.retry_after();
  }
  Body body;
  bool is_good, is_whole, stays_open;
  int status;
  std::uint32_t retry_after;
};

RequestReader request(std::string_view bytes, std::size_t most_head = RequestReader::MOST_HEAD) {
  RequestReader reader(most_head);
  reader.feed(bytes);
  return reader;
}

}  // namespace

TEST(json_values_are_told_with_their_paths) {
  EQUAL(values(R"({"a": 1, "b": {"c": "x", "d": [true, null, {"e": -1.5e+3}]}, "f": ""})"),
        "a=n:1;b/c=s:x;b/d[]=b:true;b/d[]=z:null;b/d[]/e=n:-1.5e+3;f=s:;");
  EQUAL(values("[]"), "");
  EQUAL(values("{}"), "");
  EQUAL(values(" [[1],[2]] "), "[][]=n:1;[][]=n:2;");
  EQUAL(values("7"), "=n:7;");
}

TEST(json_strings_are_unescaped_to_utf8) {
  EQUAL(values(R"(["\"\\\/\b\f\n\r\t"])"), "[]=s:\"\\/\b\f\n\r\t;");
  EQUAL(values(R"(["\u00e9\u20ac\ud83d\ude00"])"), "[]=s:\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80;");
  // half a pair is no letter
  EQUAL(values(R"(["a\ud83db\ude00c"])"), "[]=s:abc;");
}

TEST(json_names_cannot_pretend_to_be_a_path) {
  EQUAL(values(R"({"next\npan": 5})"), "next?pan=n:5;");
  EQUAL(values("{\"next\\u000apan\": 5}"), "next?pan=n:5;");
}

TEST(what_is_no_json_is_told) {
  for (const char* text : {"", "{", "}", "[", "]", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[,1]", "{,}",
                           "{\"a\" 1}", "01", "-", "1.", "1e", "1e+", ".5", "+1", "tru", "truth", "nul", "\"", "\"\\x\"",
                           "\"\\u12g4\"", "\"\t\"", "1 2", "{} {}", "[1 2]", "'a'", "<html>", "{a: 1}", "NaN"}) {
    EQUAL(values(text), "wrong");
  }
}

TEST(json_that_nests_too_deep_is_refused_and_not_followed) {
  const std::string open(JsonReader::DEPTH, '['), close(JsonReader::DEPTH, ']');
  EQUAL(values(open + close), "");
  EQUAL(values("[" + open + close + "]"), "wrong");
}

TEST(long_texts_and_names_are_cut_and_the_rest_is_read_all_the_same) {
  const std::string text(5000, 'x');
  EQUAL(values("{\"a\": \"" + text + "\", \"b\": 1}"), "a=s:" + text.substr(0, JsonReader::LONGEST_TEXT) + ";b=n:1;");
  EQUAL(values("{\"" + text + "\": {\"next\": 1}, \"b\": 1}").substr(0, 40), text.substr(0, 40));
  CHECK(values("{\"" + text + "\": {\"next\": 1}, \"b\": 1}").find(";b=n:1;") != std::string::npos);
}

TEST(an_answer_of_lookout_is_understood) {
  Answer answer{Next()};
  JsonReader reader(answer);
  reader.feed(R"({"status": "success", "person": "Obama", "confidence": 0.9906, "alert_id": "54", "is_known": true,
    "reason": "known", "faces": [{"person": "Obama", "reason": "unknown", "box": [328, 142, 121, 165]}],
    "faces_skipped": 0, "next": {"interval_ms": 1000, "flash": 1, "framesize": "UXGA", "pan": -7, "tilt": 3}})");
  CHECK(reader.finish());
  CHECK(answer.is_success);
  EQUAL(answer.reason.view(), "known");
  EQUAL(answer.next.interval_ms, 1000U);
  CHECK(answer.next.flash);
  CHECK(answer.next.size == FrameSize::uxga);
  CHECK(answer.next.turns);
  EQUAL(answer.next.pan, -7);
  EQUAL(answer.next.tilt, 3);
}

TEST(what_next_says_is_kept_within_limits_and_nonsense_changes_nothing) {
  Next before;
  before.interval_ms = 5000;
  before.flash = true;
  before.turns = true;
  before.pan = 9;
  const auto next = [&](const std::string& fields) {
    Answer answer(before);
    JsonReader reader(answer);
    reader.feed("{\"next\": {" + fields + "}}");
    return answer.next;
  };
  EQUAL(next("").interval_ms, 5000U);
  CHECK(next("").flash);
  CHECK(!next("").turns);  // a turn is for one frame
  EQUAL(next("").pan, 0);
  EQUAL(next("\"interval_ms\": 0").interval_ms, Next::SHORTEST_MS);
  EQUAL(next("\"interval_ms\": 1500.7").interval_ms, 1500U);
  EQUAL(next("\"interval_ms\": 4000000000").interval_ms, Next::LONGEST_MS);
  for (const char* wrong : {"-1", "\"1000\"", "null", "true", "1e3", "99999999999999999999", "[1]", "{}"}) {
    EQUAL(next("\"interval_ms\": " + std::string(wrong)).interval_ms, 5000U);
  }
  CHECK(!next("\"flash\": 0").flash);
  CHECK(!next("\"flash\": false").flash);
  CHECK(next("\"flash\": 2").flash);
  CHECK(next("\"framesize\": \"vga\"").size == FrameSize::vga);
  CHECK(next("\"framesize\": \"huge\"").size == FrameSize::svga);
  CHECK(!next("\"pan\": 91").turns);
  CHECK(!next("\"pan\": 1.5").turns);
  CHECK(next("\"pan\": -90").turns);
}

TEST(a_response_with_a_length_is_whole_with_its_last_byte) {
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-LENGTH:  5 \r\nX: y\r\n\r\n";
  const Response whole(head + "hello");
  CHECK(whole.is_whole && whole.stays_open);
  EQUAL(whole.status, 200);
  EQUAL(whole.body.text, "hello");
  CHECK(!Response(head + "hell", true).is_whole);
  CHECK(!Response(head + "hello world").stays_open);  // what is behind it would be the next answer
  CHECK(Response("HTTP/1.1 204 No Content\r\n\r\n").is_whole);
  CHECK(Response("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").is_whole);
}

TEST(a_response_in_chunks_or_until_the_end_is_read_too) {
  const Response chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n1\r\n!\r\n0\r\nT: r\r\n\r\n");
  CHECK(chunked.is_whole && chunked.stays_open);
  EQUAL(chunked.body.text, "hello!");
  const Response rest("HTTP/1.0 200 OK\r\n\r\nhello", true);
  CHECK(rest.is_whole && !rest.stays_open);
  EQUAL(rest.body.text, "hello");
  CHECK(!Response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", true).is_whole);
}

TEST(a_server_that_says_close_or_is_old_is_not_kept) {
  CHECK(!Response("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n").stays_open);
  CHECK(!Response("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").stays_open);
}

TEST(retry_after_counts_in_seconds) {
  const auto asked = [](const std::string& value) {
    return Response("HTTP/1.1 429 Too Many\r\nRetry-After: " + value + "\r\nContent-Length: 0\r\n\r\n").retry_after;
  };
  EQUAL(asked("17"), 17U);
  EQUAL(asked("Wed, 21 Oct 2026 07:28:00 GMT"), 0U);
  EQUAL(asked("-5"), 0U);
  EQUAL(asked("999999999"), 0U);
}

TEST(an_interim_response_is_followed_by_the_real_one) {
  const Response two("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  CHECK(two.is_whole);
  EQUAL(two.status, 200);
}

TEST(what_is_no_response_or_too_long_is_refused) {
  for (const char* head :
       {"SSH-2.0-OpenSSH\r\n", "HTTP/2 200\r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 999 Odd\r\n", "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n", "HTTP/1.1 200 OK\r\n: nameless\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n"}) {
    CHECK(!Response(head).is_good);
  }
  CHECK(!Response("HTTP/1.1 200 OK\r\nX: " + std::string(ResponseReader::MOST_HEAD, 'x')).is_good);
}

TEST(the_agents_request_is_understood) {
  const RequestReader read = request("GET /servo?pan=40&tilt=120 HTTP/1.1\r\nHost: 192.168.1.50:81\r\nConnection: close\r\n\r\n");
  CHECK(read.is_done());
  EQUAL(read.refusal(), 0);
  EQUAL(read.path(), "/servo");
  EQUAL(read.query(), "pan=40&tilt=120");
  CHECK(read.is_sent_to_an_address());
  CHECK(!request("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").is_sent_to_an_address());
  CHECK(request("GET / HTTP/1.0\r\n\r\n").is_sent_to_an_address());
}

TEST(more_than_512_bytes_of_headers_are_refused_as_the_stock_firmware_does) {
  const auto of = [](std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nX: ";
    return request(start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n").refusal();
  };
  EQUAL(of(512), 0);
  EQUAL(of(513), 431);
  EQUAL(request("GET /" + std::string(600, 'x')).refusal(), 431);
}

TEST(a_request_that_is_none_is_refused) {
  EQUAL(request("\r\n").refusal(), 400);
  EQUAL(request("GET\r\n").refusal(), 400);
  EQUAL(request("GET /\r\n").refusal(), 400);
  EQUAL(request("GET  HTTP/1.1\r\n").refusal(), 400);
  EQUAL(request("GET http://x/ HTTP/1.1\r\n").refusal(), 400);
  EQUAL(request("GET /a b HTTP/1.1\r\n").refusal(), 400);
  EQUAL(request("GET /\xC3\xA9 HTTP/1.1\r\n").refusal(), 400);
  EQUAL(request("DESTROYALL / HTTP/1.1\r\n").refusal(), 400);
  EQUAL(request("GET / HTTP/1.1\r\nbroken\r\n").refusal(), 400);
  EQUAL(request("POST / HTTP/1.1\r\n\r\n").refusal(), 411);
  EQUAL(request("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n").refusal(), 400);
  EQUAL(request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n").refusal(), 501);
  EQUAL(request("POST / HTTP/1.1\r\nContent-Length: 2049\r\n\r\n").refusal(), 413);
}

TEST(a_form_is_read_to_its_last_byte) {
  RequestReader reader;
  EQUAL(reader.feed("POST /save HTTP/1.1\r\nContent-Length: 3\r\n\r\na="), 44U);
  CHECK(!reader.is_done());
  EQUAL(reader.feed("bGET"), 1U);
  CHECK(reader.is_done());
  EQUAL(reader.body(), "a=b");
}

TEST(values_are_decoded_and_broken_ones_are_told) {
  Text<8> value;
  CHECK(query_value("a=1&b=x%2By+z&c=", "b", value) == Found::good);
  EQUAL(value.view(), "x+y z");
  CHECK(query_value("a=1&c=", "c", value) == Found::good);
  EQUAL(value.view(), "");
  CHECK(query_value("aa=1&b", "a", value) == Found::missing);
  CHECK(query_value("a", "a", value) == Found::missing);
  for (const char* broken : {"a=%", "a=%4", "a=%zz", "a=%00", "a=123456789"}) {
    CHECK(query_value(broken, "a", value) == Found::bad);
  }
}

TEST(html_is_escaped) {
  Text<64> html;
  append_escaped(html, "<a href=\"x\">&'");
  EQUAL(html.view(), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

int main() { return test::run_all(); }
