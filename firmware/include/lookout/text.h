/// Text in a fixed place: no heap, no overflow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace lookout {

/// Up to `Capacity` bytes. What does not fit is left out, and `is_cut` says so.
template <std::size_t Capacity>
class Text {
 public:
  Text() = default;
  explicit Text(std::string_view text) { *this << text; }

  Text& operator<<(std::string_view text) {
    const std::size_t room = Capacity - size_;
    const std::size_t kept = text.size() < room ? text.size() : room;
    if (kept > 0) std::memcpy(bytes_.data() + size_, text.data(), kept);
    size_ += kept;
    bytes_[size_] = '\0';
    is_cut_ = is_cut_ || kept < text.size();
    return *this;
  }

  Text& operator<<(char letter) { return *this << std::string_view(&letter, 1); }

  /// A whole number in decimal digits. Of any type: which of them is a `uint32_t` differs from machine to machine.
  template <typename Number, typename = std::enable_if_t<std::is_integral_v<Number>>>
  Text& operator<<(Number number) {
    std::array<char, 20> digits{};
    std::size_t first = digits.size();
    const bool is_negative = number < 0;
    auto rest = is_negative ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number);
    do {
      digits[--first] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (is_negative) *this << '-';
    return *this << std::string_view(digits.data() + first, digits.size() - first);
  }

  void clear() { shorten(0); }

  /// Keep the first `size` bytes.
  void shorten(std::size_t size) {
    if (size <= size_) {
      size_ = size;
      is_cut_ = false;
    }
    bytes_[size_] = '\0';
  }

  Text& operator=(std::string_view text) {
    clear();
    return *this << text;
  }

  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
  [[nodiscard]] const char* c_str() const { return bytes_.data(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  std::array<char, Capacity + 1> bytes_{};
  std::size_t size_ = 0;
  bool is_cut_ = false;
};

inline bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

inline char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// Whether both are the same but for the case of ASCII letters.
inline bool same_letters(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  for (std::size_t at = 0; at < one.size(); ++at) {
    if (lower(one[at]) != lower(other[at])) return false;
  }
  return true;
}

/// Without the spaces and tabs around it.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The whole number that `text` is, digits and nothing else; false when it is none or more than `highest`.
inline bool read_number(std::string_view text, std::uint32_t highest, std::uint32_t& number) {
  if (text.empty()) return false;
  std::uint64_t read = 0;
  for (const char letter : text) {
    if (!is_digit(letter)) return false;
    read = read * 10 + static_cast<std::uint64_t>(letter - '0');
    if (read > highest) return false;
  }
  number = static_cast<std::uint32_t>(read);
  return true;
}

}  // namespace lookout
