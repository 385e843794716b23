/// Reads a small HTTP request: its method, path and query, the host it was sent to, the body of a form.
#pragma once

#include "lookout/text.h"

namespace lookout {

class RequestReader {
 public:
  /// Bytes of the request line and the headers, as in the firmware that everybody knows.
  static constexpr std::size_t MOST_HEAD = 512;
  /// A browser's headers are longer than that; while the board is set up it has to bear them.
  static constexpr std::size_t MOST_PORTAL_HEAD = 4096;
  static constexpr std::size_t MOST_BODY = 2048;

  /// A POST to the path `streamed` is done with its head: its body is left unread.
  explicit RequestReader(std::size_t most_head = MOST_HEAD, std::string_view streamed = {})
      : most_head_(most_head), streamed_(streamed) {}

  /// Takes what arrived, as much of it as belongs to the request. Returns how much.
  std::size_t feed(std::string_view bytes) {
    std::size_t taken = 0;
    for (; taken < bytes.size() && state_ != State::done; ++taken) take(bytes[taken]);
    return taken;
  }

  [[nodiscard]] bool is_done() const { return state_ == State::done; }
  /// 0 for a good request, else the HTTP status that it is refused with: 400, 411, 413, 431 or 501.
  [[nodiscard]] int refusal() const { return refusal_; }
  [[nodiscard]] std::string_view method() const { return method_.view(); }
  [[nodiscard]] std::string_view path() const { return target_.view().substr(0, target_.view().find('?')); }
  [[nodiscard]] std::string_view query() const {
    const std::size_t mark = target_.view().find('?');
    return mark == std::string_view::npos ? std::string_view() : target_.view().substr(mark + 1);
  }
  [[nodiscard]] std::string_view host() const { return host_.view(); }
  [[nodiscard]] std::string_view body() const { return body_.view(); }
  [[nodiscard]] std::uint32_t length() const { return length_; }

  /// Whether the request was sent to an address in digits, as the agent does. A page of the internet whose name
  /// was made to lead here has its own name there.
  [[nodiscard]] bool is_sent_to_an_address() const {
    const std::string_view name = host().substr(0, host().find(':'));
    if (name.empty()) return host().empty();
    for (const char letter : name) {
      if (!is_digit(letter) && letter != '.') return false;
    }
    return true;
  }

 private:
  enum class State { line, header, body, done };

  void take(char byte) {
    if (state_ == State::body) {
      body_ << byte;
      if (body_.size() == length_) state_ = State::done;
      return;
    }
    if (++head_size_ > most_head_) return refuse(431);
    if (byte != '\n') {
      line_ << byte;
      return;
    }
    std::string_view line = line_.view();
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (state_ == State::line) {
      take_request_line(line);
    } else if (line.empty()) {
      end_head();
    } else {
      take_header(line);
    }
    line_.clear();
  }

  void take_request_line(std::string_view line) {
    const std::size_t first = line.find(' '), last = line.rfind(' ');
    if (first == std::string_view::npos || last == first || line.substr(last + 1, 7) != "HTTP/1.") return refuse(400);
    method_ = line.substr(0, first);
    target_ = line.substr(first + 1, last - first - 1);
    if (method_.empty() || method_.is_cut() || target_.is_cut() || target_.view().substr(0, 1) != "/") return refuse(400);
    for (const unsigned char letter : target_.view()) {
      if (letter <= ' ' || letter > '~') return refuse(400);
    }
    state_ = State::header;
  }

  void take_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return refuse(400);
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (same_letters(name, "host")) {
      host_ = value;
    } else if (same_letters(name, "content-length")) {
      if (has_length_ || !read_number(value, 0xFFFFFFFF, length_)) return refuse(400);
      has_length_ = true;
    } else if (same_letters(name, "transfer-encoding")) {
      return refuse(501);
    }
  }

  void end_head() {
    if (method() == "POST" && !has_length_) return refuse(411);
    if (!streamed_.empty() && method() == "POST" && path() == streamed_) {
      state_ = State::done;
      return;
    }
    if (length_ > MOST_BODY) return refuse(413);
    state_ = length_ > 0 ? State::body : State::done;
  }

  void refuse(int status) {
    refusal_ = status;
    state_ = State::done;
  }

  std::size_t most_head_;
  std::string_view streamed_;
  State state_ = State::line;
  Text<MOST_HEAD> line_;
  Text<8> method_;
  Text<MOST_HEAD> target_;
  Text<64> host_;
  Text<MOST_BODY> body_;
  std::size_t head_size_ = 0;
  std::uint32_t length_ = 0;
  int refusal_ = 0;
  bool has_length_ = false;
};

}  // namespace lookout
