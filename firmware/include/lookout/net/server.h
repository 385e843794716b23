/// A small HTTP server by BSD sockets: one connection at a time, each with an end.
#pragma once

#include <chrono>

#include "lookout/http/request_reader.h"
#include "lookout/net/tcp.h"

namespace lookout {

/// What goes out over HTTP. `body` is of `Text`, or of bytes that live until `Handler::sent`.
struct Reply {
  int status = 200;
  std::string_view type = "text/plain";
  Text<4096> text;
  std::string_view bytes;
  Text<96> header;

  Reply& say(int code, std::string_view what) {
    status = code;
    text = what;
    return *this;
  }
  Reply& json(std::string_view what) {
    type = "application/json";
    text = what;
    return *this;
  }
};

inline std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 302: return "Found";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    default: return "Service Unavailable";
  }
}

/// The body of a request that is read while it arrives.
struct Incoming {
  virtual ~Incoming() = default;
  /// The next bytes; empty at the end, or when the sender is too slow or gone.
  virtual std::string_view next() = 0;
};

struct Handler {
  virtual ~Handler() = default;
  virtual void handle(const RequestReader& request, Incoming& body, Reply& reply) = 0;
  /// The reply is out, or could not be sent.
  virtual void sent() {}
};

class Server {
 public:
  static constexpr std::uint32_t PATIENCE_MS = 2000;

  ~Server() { close(); }

  /// Listen on `port` (0: any free one) of `address` in digits.
  bool open(std::uint16_t port, const char* address = "0.0.0.0") {
    close();
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(port);
    own.sin_addr.s_addr = inet_addr(address);
    const bool is_open = listener_ >= 0 && bind(listener_, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0 &&
                         listen(listener_, 4) == 0;
    if (!is_open) close();
    return is_open;
  }

  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin_port);
  }

  /// Wait so long for a request, and answer it. `most_head`, `streamed`: see `RequestReader`.
  void serve(Handler& handler, std::uint32_t milliseconds, std::size_t most_head = RequestReader::MOST_HEAD,
             std::string_view streamed = {}) {
    fd_set readable;
    FD_ZERO(&readable);
    // without a port nothing comes, and the time passes all the same
    if (listener_ >= 0) FD_SET(listener_, &readable);
    timeval time{};
    time.tv_sec = static_cast<decltype(time.tv_sec)>(milliseconds / 1000);
    time.tv_usec = static_cast<decltype(time.tv_usec)>(milliseconds % 1000 * 1000);
    if (select(listener_ + 1, &readable, nullptr, nullptr, &time) != 1) return;
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    set_timeout(client, PATIENCE_MS);
    answer(client, handler, most_head, streamed);
    ::close(client);
  }

  void close() {
    if (listener_ >= 0) ::close(listener_);
    listener_ = -1;
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Arriving : Incoming {
    std::string_view next() override {
      std::string_view bytes = begun;
      begun = {};
      if (bytes.empty() && left > 0) {
        const int size = receive(socket, buffer.data(), buffer.size());
        if (size > 0) bytes = {buffer.data(), static_cast<std::size_t>(size)};
      }
      bytes = bytes.substr(0, left);
      left -= static_cast<std::uint32_t>(bytes.size());
      return bytes;
    }
    std::string_view begun;
    std::uint32_t left = 0;
    int socket = -1;
    std::array<char, 1024> buffer{};
  };

  static void answer(int client, Handler& handler, std::size_t most_head, std::string_view streamed) {
    RequestReader request(most_head, streamed);
    Arriving body;
    body.socket = client;
    // a byte every second would hold the only connection for minutes
    const auto until = Clock::now() + std::chrono::milliseconds(PATIENCE_MS);
    while (!request.is_done()) {
      const int size = Clock::now() < until ? receive(client, body.buffer.data(), body.buffer.size()) : 0;
      if (size <= 0) return;
      const std::string_view bytes(body.buffer.data(), static_cast<std::size_t>(size));
      body.begun = bytes.substr(request.feed(bytes));
    }
    static Reply reply;  // one connection at a time, and too large for the stack of a task
    reply = Reply();
    if (request.refusal() != 0) {
      reply.say(request.refusal(), reason_phrase(request.refusal()));
    } else {
      body.left = streamed.empty() || request.path() != streamed ? 0 : request.length();
      handler.handle(request, body, reply);
    }
    send(client, reply);
    handler.sent();
    drain(client, body);
  }

  static void send(int client, const Reply& reply) {
    const std::string_view body = reply.bytes.empty() ? reply.text.view() : reply.bytes;
    Text<384> head;
    head << "HTTP/1.1 " << reply.status << " " << reason_phrase(reply.status) << "\r\nContent-Type: " << reply.type
         << "\r\nContent-Length: " << static_cast<std::int64_t>(body.size())
         << "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n"
         << reply.header.view() << "\r\n";
    if (send_all(client, head.view())) send_all(client, body);
  }

  /// Closing with bytes unread would reset the connection, and the reply with it.
  static void drain(int client, Arriving& body) {
    shutdown(client, SHUT_WR);
    set_timeout(client, 200);
    const auto until = Clock::now() + std::chrono::milliseconds(PATIENCE_MS);
    while (Clock::now() < until && receive(client, body.buffer.data(), body.buffer.size()) > 0) {
    }
  }

  int listener_ = -1;
};

}  // namespace lookout
