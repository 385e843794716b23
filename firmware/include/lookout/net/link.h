/// A connection to a server, with or without TLS. Every wait has an end.
#pragma once

#include "lookout/text.h"

namespace lookout {

/// Where frames are posted.
struct Address {
  Text<128> host;
  std::uint16_t port = 443;
  Text<96> path;
  bool tls = true;
};

enum class Opened { yes, unreachable, untrusted };

struct Link {
  static constexpr int CLOSED = 0, BROKEN = -1, SILENT = -2;

  virtual ~Link() = default;
  virtual Opened open(const Address& address, std::uint32_t milliseconds) = 0;
  /// All of it, or false.
  virtual bool write(std::string_view bytes) = 0;
  /// The bytes read, at least 1; else `CLOSED`, `BROKEN`, or `SILENT` after the time given to `open`.
  virtual int read(char* bytes, std::size_t size) = 0;
  virtual void close() = 0;
  [[nodiscard]] virtual bool is_open() const = 0;
};

}  // namespace lookout
