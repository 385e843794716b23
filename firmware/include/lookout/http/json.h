/// Reads JSON as it arrives, in a fixed place: an answer may be longer than what the board has to spare.
#pragma once

#include "lookout/text.h"

namespace lookout {

enum class JsonKind { text, number, truth, null };
/// Between the names of a path: cannot be part of a name, in which it would be replaced.
constexpr char PATH_SEPARATOR = '\n';

struct JsonListener {
  virtual ~JsonListener() = default;
  /// A value that is no object and no array. `path` is `name` or `outer\nname`; an array adds `[]`.
  /// `text` is the string, the digits, `true`, `false` or `null`; a long string is cut.
  virtual void on_value(std::string_view path, JsonKind kind, std::string_view text) = 0;
};

class JsonReader {
 public:
  static constexpr std::size_t DEPTH = 16;
  static constexpr std::size_t LONGEST_TEXT = 160;

  explicit JsonReader(JsonListener& listener) : listener_(listener) {}

  /// False once what was fed cannot be the beginning of a JSON text, or nests deeper than `DEPTH`.
  bool feed(std::string_view bytes) {
    for (const char byte : bytes) {
      if (state_ != State::wrong) take(byte);
    }
    return state_ != State::wrong;
  }

  /// Whether all that was fed is one whole value; to be asked at the end, since a number alone ends only there.
  bool finish() {
    if (depth_ == 0 && state_ == State::number && can_end()) tell(JsonKind::number);
    return state_ == State::done;
  }

 private:
  enum class State { value, first_item, first_name, name, colon, after, string, escape, hex, number, word, done, wrong };
  enum class Digits { minus, zero, whole, point, fraction, exponent, sign, power };

  void take(char byte) {
    switch (state_) {
      case State::string: return take_string(byte);
      case State::escape: return take_escape(byte);
      case State::hex: return take_hex(byte);
      case State::number: return take_number(byte);
      case State::word: return take_word(byte);
      default: break;
    }
    if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') return;
    switch (state_) {
      case State::first_item:
        if (byte == ']') return close(false);
        [[fallthrough]];
      case State::value: return begin(byte);
      case State::first_name:
        if (byte == '}') return close(true);
        [[fallthrough]];
      case State::name:
        is_name_ = true;
        return byte == '"' ? begin_string() : fail();
      case State::colon:
        state_ = byte == ':' ? State::value : State::wrong;
        return;
      case State::after:
        if (byte == ',') {
          state_ = is_object_[depth_ - 1] ? State::name : State::value;
        } else if (byte == '}' || byte == ']') {
          close(byte == '}');
        } else {
          fail();
        }
        return;
      default: return fail();
    }
  }

  void begin(char byte) {
    is_name_ = false;
    text_.clear();
    if (byte == '{' || byte == '[') return open(byte == '{');
    if (byte == '"') return begin_string();
    if (byte == '-' || is_digit(byte)) {
      state_ = State::number;
      digits_ = byte == '-' ? Digits::minus : byte == '0' ? Digits::zero : Digits::whole;
      text_ << byte;
      return;
    }
    word_ = byte == 't' ? "true" : byte == 'f' ? "false" : byte == 'n' ? "null" : "";
    if (word_.empty()) return fail();
    text_ << byte;
    state_ = State::word;
  }

  void begin_string() {
    text_.clear();
    surrogate_ = 0;
    state_ = State::string;
  }

  void open(bool object) {
    if (depth_ == DEPTH) return fail();
    is_object_[depth_] = object;
    path_ends_[depth_] = path_.size();
    ++depth_;
    if (!object) path_ << "[]";
    state_ = object ? State::first_name : State::first_item;
  }

  void close(bool object) {
    if (depth_ == 0 || is_object_[depth_ - 1] != object) return fail();
    --depth_;
    path_.shorten(path_ends_[depth_]);
    after_value();
  }

  void after_value() { state_ = depth_ == 0 ? State::done : State::after; }

  void tell(JsonKind kind) {
    listener_.on_value(path_.view(), kind, text_.view());
    after_value();
  }

  void end_string() {
    if (!is_name_) return tell(JsonKind::text);
    path_.shorten(path_ends_[depth_ - 1]);
    if (!path_.empty()) path_ << PATH_SEPARATOR;
    for (const char letter : text_.view()) path_ << (static_cast<unsigned char>(letter) < 0x20 ? '?' : letter);
    state_ = State::colon;
  }

  void take_string(char byte) {
    if (byte == '"') return end_string();
    if (static_cast<unsigned char>(byte) < 0x20) return fail();
    if (byte == '\\') {
      state_ = State::escape;
      return;
    }
    surrogate_ = 0;
    text_ << byte;
  }

  void take_escape(char byte) {
    constexpr std::string_view escapes = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    state_ = State::string;
    if (byte == 'u') {
      state_ = State::hex;
      code_ = 0;
      hex_left_ = 4;
      return;
    }
    surrogate_ = 0;
    const std::size_t at = escapes.find(byte);
    if (at == std::string_view::npos) return fail();
    text_ << meanings[at];
  }

  void take_hex(char byte) {
    const char letter = lower(byte);
    if (!is_digit(letter) && (letter < 'a' || letter > 'f')) return fail();
    code_ = code_ * 16 + static_cast<std::uint32_t>(is_digit(letter) ? letter - '0' : letter - 'a' + 10);
    if (--hex_left_ > 0) return;
    state_ = State::string;
    if (code_ >= 0xD800 && code_ < 0xDC00) {
      surrogate_ = code_;
      return;
    }
    if (code_ >= 0xDC00 && code_ < 0xE000) {
      if (surrogate_ != 0) put(0x10000 + ((surrogate_ - 0xD800) << 10) + (code_ - 0xDC00));
      surrogate_ = 0;
      return;
    }
    surrogate_ = 0;
    put(code_);
  }

  /// `code` in UTF-8; half a pair is left out before it comes here.
  void put(std::uint32_t code) {
    const auto low = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
      text_ << static_cast<char>(code);
    } else if (code < 0x800) {
      text_ << static_cast<char>(0xC0 | (code >> 6)) << low(0);
    } else if (code < 0x10000) {
      text_ << static_cast<char>(0xE0 | (code >> 12)) << low(6) << low(0);
    } else {
      text_ << static_cast<char>(0xF0 | (code >> 18)) << low(12) << low(6) << low(0);
    }
  }

  void take_number(char byte) {
    if (goes_on(byte)) {
      text_ << byte;
    } else if (can_end()) {
      tell(JsonKind::number);
      take(byte);
    } else {
      fail();
    }
  }

  bool goes_on(char byte) {
    const bool digit = is_digit(byte), letter_e = byte == 'e' || byte == 'E';
    switch (digits_) {
      case Digits::minus: return digit && become(byte == '0' ? Digits::zero : Digits::whole);
      case Digits::zero: return (byte == '.' && become(Digits::point)) || (letter_e && become(Digits::exponent));
      case Digits::whole: return digit || (byte == '.' && become(Digits::point)) || (letter_e && become(Digits::exponent));
      case Digits::point: return digit && become(Digits::fraction);
      case Digits::fraction: return digit || (letter_e && become(Digits::exponent));
      case Digits::exponent: return digit ? become(Digits::power) : (byte == '+' || byte == '-') && become(Digits::sign);
      case Digits::sign: return digit && become(Digits::power);
      case Digits::power: return digit;
    }
    return false;
  }

  bool become(Digits next) {
    digits_ = next;
    return true;
  }

  [[nodiscard]] bool can_end() const {
    return digits_ == Digits::zero || digits_ == Digits::whole || digits_ == Digits::fraction || digits_ == Digits::power;
  }

  void take_word(char byte) {
    if (byte != word_[text_.size()]) return fail();
    text_ << byte;
    if (text_.size() == word_.size()) tell(word_ == "null" ? JsonKind::null : JsonKind::truth);
  }

  void fail() { state_ = State::wrong; }
  JsonListener& listener_;
  State state_ = State::value;
  Digits digits_ = Digits::whole;
  std::array<bool, DEPTH> is_object_{};
  std::array<std::size_t, DEPTH> path_ends_{};
  std::size_t depth_ = 0;
  Text<96> path_;
  Text<LONGEST_TEXT> text_;
  std::string_view word_;
  std::uint32_t code_ = 0, surrogate_ = 0;
  int hex_left_ = 0;
  bool is_name_ = false;
};

}  // namespace lookout
