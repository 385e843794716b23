/// Posts a frame to Lookout over one connection that stays open.
#pragma once

#include "lookout/camera/answer.h"
#include "lookout/camera/board.h"
#include "lookout/camera/patience.h"
#include "lookout/http/response_reader.h"
#include "lookout/net/link.h"

namespace lookout {

/// Who posts, and where to.
struct Identity {
  Address address;
  Text<64> camera_id;
  Text<128> key;
};

class Poster {
 public:
  /// For each wait; an answer as a whole may take twice as long. A function that starts takes two or three seconds.
  static constexpr std::uint32_t PATIENCE_MS = 10 * 1000;
  static constexpr std::size_t PIECE = 4096;

  Poster(Board& board, Link& link, const Identity& identity) : board_(board), link_(link), identity_(identity) {}

  /// Post the JPEG. `answer` then holds what was said, `retry_after` the seconds that the server asks for.
  Outcome post(std::string_view jpeg, Answer& answer, std::uint32_t& retry_after) {
    const Answer before = answer;
    if (link_.is_open()) {
      const Tried tried = exchange(jpeg, answer, retry_after);
      // a server closes what was idle: that is no failure, and nothing was judged
      if (tried.outcome != Outcome::unreachable || tried.has_begun) return tried.outcome;
      answer = before;
    }
    board_.alive();
    switch (link_.open(identity_.address, PATIENCE_MS)) {
      case Opened::unreachable: return Outcome::unreachable;
      case Opened::untrusted: return Outcome::untrusted;
      case Opened::yes: break;
    }
    return exchange(jpeg, answer, retry_after).outcome;
  }

 private:
  struct Tried {
    Outcome outcome;
    bool has_begun;
  };

  struct Feed : BodyListener {
    explicit Feed(JsonReader& json) : reader(json) {}
    void on_body(std::string_view bytes) override { is_json = reader.feed(bytes) && is_json; }
    JsonReader& reader;
    bool is_json = true;
  };

  Tried exchange(std::string_view jpeg, Answer& answer, std::uint32_t& retry_after) {
    JsonReader json(answer);
    Feed feed(json);
    ResponseReader response(feed);
    send(jpeg);
    // also when not all could be sent: who is refused before the end is told why
    std::array<char, 512> bytes{};
    const std::int64_t until = board_.now_us() + 2 * PATIENCE_MS * 1000;
    while (!response.is_whole()) {
      board_.alive();
      const int size = link_.read(bytes.data(), bytes.size());
      if (size == Link::CLOSED && response.finish()) break;
      if (size <= 0 || board_.now_us() > until) {
        link_.close();
        return {Outcome::unreachable, response.has_begun()};
      }
      if (response.feed({bytes.data(), static_cast<std::size_t>(size)})) continue;
      link_.close();
      return {Outcome::garbled, true};
    }
    if (!response.stays_open()) link_.close();
    retry_after = response.retry_after();
    const Outcome outcome = outcome_of(response.status());
    const bool is_ours = feed.is_json && json.finish() && answer.is_success;
    return {outcome == Outcome::judged && !is_ours ? Outcome::garbled : outcome, true};
  }

  void send(std::string_view jpeg) {
    const Address& address = identity_.address;
    Text<640> head;
    head << "POST " << address.path.view() << " HTTP/1.1\r\nHost: " << address.host.view();
    if (address.port != (address.tls ? 443 : 80)) head << ":" << static_cast<std::uint32_t>(address.port);
    head << "\r\nContent-Type: image/jpeg\r\nContent-Length: " << static_cast<std::int64_t>(jpeg.size())
         << "\r\nX-Camera-Id: " << identity_.camera_id.view() << "\r\nX-Camera-Key: " << identity_.key.view()
         << "\r\nConnection: keep-alive\r\n\r\n";
    if (!link_.write(head.view())) return;
    while (!jpeg.empty()) {
      const std::string_view piece = jpeg.substr(0, PIECE);
      if (!link_.write(piece)) return;
      jpeg.remove_prefix(piece.size());
      board_.alive();
    }
  }

  Board& board_;
  Link& link_;
  const Identity& identity_;
};

}  // namespace lookout
