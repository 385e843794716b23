// Reads JSON texts, one per line in hexadecimal digits, and prints what the reader tells of each: a line of
// `path kind text` in hexadecimal digits for each value, then `whole` or `wrong`. To be held against another reader.
#include <iostream>
#include <string>

#include "lookout/http/json.h"
#include "lookout/http/query.h"

namespace {

std::string hex(std::string_view text) {
  std::string digits;
  for (const unsigned char letter : text) {
    digits += "0123456789abcdef"[letter >> 4];
    digits += "0123456789abcdef"[letter & 15];
  }
  return digits;
}

struct Printer : lookout::JsonListener {
  void on_value(std::string_view path, lookout::JsonKind kind, std::string_view text) override {
    std::cout << "=" << hex(path) << " " << static_cast<int>(kind) << " =" << hex(text) << "\n";
  }
};

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    Printer printer;
    lookout::JsonReader reader(printer);
    for (std::size_t at = 0; at + 1 < line.size(); at += 2) {
      const char byte = static_cast<char>(lookout::hex_value(line[at]) * 16 + lookout::hex_value(line[at + 1]));
      reader.feed({&byte, 1});
    }
    std::cout << (reader.finish() ? "whole" : "wrong") << "\n";
  }
}
