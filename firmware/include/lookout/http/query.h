/// Percent-encoded names and values, of a path's query or of a posted form.
#pragma once

#include "lookout/text.h"

namespace lookout {

inline int hex_value(char letter) {
  const char low = lower(letter);
  if (is_digit(low)) return low - '0';
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// `encoded` without its `+` and `%41`; false when it has a broken escape, a zero byte, or does not fit.
template <std::size_t Capacity>
bool percent_decoded(std::string_view encoded, Text<Capacity>& decoded) {
  decoded.clear();
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    char letter = encoded[at] == '+' ? ' ' : encoded[at];
    if (letter == '%') {
      const int high = at + 1 < encoded.size() ? hex_value(encoded[at + 1]) : -1;
      const int low = at + 2 < encoded.size() ? hex_value(encoded[at + 2]) : -1;
      if (high < 0 || low < 0) return false;
      letter = static_cast<char>(high * 16 + low);
      at += 2;
    }
    if (letter == '\0') return false;
    decoded << letter;
  }
  return !decoded.is_cut();
}

enum class Found { missing, good, bad };

/// The value of `name` in `a=1&b=2`, decoded; bad when it cannot be decoded or does not fit.
template <std::size_t Capacity>
Found query_value(std::string_view query, std::string_view name, Text<Capacity>& value) {
  value.clear();
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    return percent_decoded(pair.substr(equals + 1), value) ? Found::good : Found::bad;
  }
  return Found::missing;
}

/// `text` as it may stand in HTML, in an attribute too.
template <std::size_t Capacity>
void append_escaped(Text<Capacity>& html, std::string_view text) {
  for (const char letter : text) {
    switch (letter) {
      case '&': html << "&amp;"; break;
      case '<': html << "&lt;"; break;
      case '>': html << "&gt;"; break;
      case '"': html << "&quot;"; break;
      case '\'': html << "&#39;"; break;
      default: html << letter;
    }
  }
}

}  // namespace lookout
