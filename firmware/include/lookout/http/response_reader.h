/// Reads an HTTP/1.x response as it arrives: its length, its chunks, whether the connection stays open.
#pragma once

#include "lookout/text.h"

namespace lookout {

struct BodyListener {
  virtual ~BodyListener() = default;
  virtual void on_body(std::string_view bytes) = 0;
};

class ResponseReader {
 public:
  static constexpr std::size_t MOST_HEAD = 8 * 1024;
  static constexpr std::uint32_t MOST_BODY = 1024 * 1024;

  explicit ResponseReader(BodyListener& listener) : listener_(listener) {}

  /// Takes what arrived. False once it cannot be a response, or is longer than any of Lookout's.
  bool feed(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::done && state_ != State::wrong) {
      if (state_ == State::body || state_ == State::chunk || state_ == State::rest) {
        bytes.remove_prefix(take_body(bytes));
      } else {
        take_line_byte(bytes.front());
        bytes.remove_prefix(1);
      }
    }
    // what follows the response was not asked for: it would be taken for the answer to the next request
    if (!bytes.empty()) stays_open_ = false;
    return state_ != State::wrong;
  }

  /// Tell that the connection was closed: a body without a length ends so. Whether the response is whole.
  bool finish() {
    stays_open_ = false;
    if (state_ == State::rest) state_ = State::done;
    return is_whole();
  }

  [[nodiscard]] bool is_whole() const { return state_ == State::done; }
  [[nodiscard]] bool has_begun() const { return head_size_ > 0; }
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool stays_open() const { return is_whole() && stays_open_; }
  /// Seconds to wait, of `Retry-After`; 0 without, or where it is a date.
  [[nodiscard]] std::uint32_t retry_after() const { return retry_after_; }

 private:
  enum class State { status, header, body, rest, chunk_size, chunk, chunk_end, trailer, done, wrong };

  void take_line_byte(char byte) {
    if (++head_size_ > MOST_HEAD) {
      state_ = State::wrong;
      return;
    }
    if (byte != '\n') {
      line_ << byte;
      return;
    }
    std::string_view line = line_.view();
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    take_line(line);
    line_.clear();
  }

  void take_line(std::string_view line) {
    switch (state_) {
      case State::status: return take_status(line);
      case State::header: return line.empty() ? end_head() : take_header(line);
      case State::chunk_size: return take_chunk_size(line);
      case State::chunk_end:
        state_ = line.empty() ? State::chunk_size : State::wrong;
        return;
      case State::trailer:
        if (line.empty()) state_ = State::done;
        return;
      default: return;
    }
  }

  void take_status(std::string_view line) {
    std::uint32_t status = 0;
    const bool is_http = line.size() >= 12 && line.substr(0, 7) == "HTTP/1." && is_digit(line[7]) && line[8] == ' ' &&
                         (line.size() == 12 || line[12] == ' ');
    if (!is_http || !read_number(line.substr(9, 3), 599, status) || status < 100) {
      state_ = State::wrong;
      return;
    }
    status_ = static_cast<int>(status);
    stays_open_ = line[7] != '0';
    has_length_ = is_chunked_ = false;
    retry_after_ = 0;
    state_ = State::header;
  }

  void take_header(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
      state_ = State::wrong;
      return;
    }
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (same_letters(name, "content-length")) {
      std::uint32_t length = 0;
      if (!read_number(value, MOST_BODY, length) || (has_length_ && length != left_)) state_ = State::wrong;
      has_length_ = true;
      left_ = length;
    } else if (same_letters(name, "transfer-encoding")) {
      if (!same_letters(value, "chunked")) state_ = State::wrong;
      is_chunked_ = true;
    } else if (same_letters(name, "connection")) {
      if (same_letters(value, "close")) stays_open_ = false;
    } else if (same_letters(name, "retry-after")) {
      read_number(value, 24 * 3600, retry_after_);
    }
  }

  void end_head() {
    if (status_ < 200) {
      state_ = State::status;
    } else if (status_ == 204 || status_ == 304) {
      state_ = State::done;
    } else if (is_chunked_) {
      // both is how one response is smuggled behind another
      state_ = has_length_ ? State::wrong : State::chunk_size;
    } else if (has_length_) {
      state_ = left_ > 0 ? State::body : State::done;
    } else {
      state_ = State::rest;
    }
  }

  void take_chunk_size(std::string_view line) {
    std::uint32_t size = 0;
    std::size_t at = 0;
    for (; at < line.size() && line[at] != ';' && line[at] != ' '; ++at) {
      const char letter = lower(line[at]);
      if ((!is_digit(letter) && (letter < 'a' || letter > 'f')) || size > MOST_BODY) {
        state_ = State::wrong;
        return;
      }
      size = size * 16 + static_cast<std::uint32_t>(is_digit(letter) ? letter - '0' : letter - 'a' + 10);
    }
    left_ = size;
    state_ = at == 0 ? State::wrong : size > 0 ? State::chunk : State::trailer;
  }

  std::size_t take_body(std::string_view bytes) {
    const std::size_t size = state_ == State::rest || bytes.size() < left_ ? bytes.size() : left_;
    body_size_ += size;
    if (body_size_ > MOST_BODY) {
      state_ = State::wrong;
      return size;
    }
    listener_.on_body(bytes.substr(0, size));
    if (state_ != State::rest) {
      left_ -= static_cast<std::uint32_t>(size);
      if (left_ == 0) {
        // the lines of chunks count for themselves
        if (state_ == State::chunk) head_size_ = 1;
        state_ = state_ == State::body ? State::done : State::chunk_end;
      }
    }
    return size;
  }

  BodyListener& listener_;
  State state_ = State::status;
  Text<256> line_;
  std::size_t head_size_ = 0, body_size_ = 0;
  std::uint32_t left_ = 0, retry_after_ = 0;
  int status_ = 0;
  bool has_length_ = false, is_chunked_ = false, stays_open_ = false;
};

}  // namespace lookout
