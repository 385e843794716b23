/// TCP by BSD sockets, which Linux and the board's lwIP share.
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lookout/net/link.h"

namespace lookout {

#ifdef MSG_NOSIGNAL
constexpr int SEND_FLAGS = MSG_NOSIGNAL;
#else
constexpr int SEND_FLAGS = 0;
#endif

inline void set_timeout(int socket, std::uint32_t milliseconds) {
  timeval time{};
  time.tv_sec = static_cast<decltype(time.tv_sec)>(milliseconds / 1000);
  time.tv_usec = static_cast<decltype(time.tv_usec)>(milliseconds % 1000 * 1000);
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/// All of `bytes`, or false.
inline bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), SEND_FLAGS);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

inline int receive(int socket, char* bytes, std::size_t size) {
  for (;;) {
    const auto received = ::recv(socket, bytes, size, 0);
    if (received >= 0) return static_cast<int>(received);
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Link::SILENT : Link::BROKEN;
  }
}

class TcpLink : public Link {
 public:
  ~TcpLink() override { TcpLink::close(); }

  Opened open(const Address& address, std::uint32_t milliseconds) override {
    close();
    addrinfo wanted{}, *found = nullptr;
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    const Text<8> port = Text<8>() << static_cast<std::uint32_t>(address.port);
    if (getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found) != 0 || found == nullptr) {
      return Opened::unreachable;
    }
    socket_ = ::socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    const bool is_connected = socket_ >= 0 && connect(found->ai_addr, found->ai_addrlen, milliseconds);
    freeaddrinfo(found);
    if (!is_connected) {
      close();
      return Opened::unreachable;
    }
    set_timeout(socket_, milliseconds);
    return Opened::yes;
  }

  bool write(std::string_view bytes) override { return socket_ >= 0 && send_all(socket_, bytes); }

  int read(char* bytes, std::size_t size) override { return socket_ < 0 ? BROKEN : receive(socket_, bytes, size); }

  void close() override {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  [[nodiscard]] bool is_open() const override { return socket_ >= 0; }

 private:
  /// The system's own time for this is minutes.
  bool connect(const sockaddr* address, socklen_t size, std::uint32_t milliseconds) {
    const int flags = fcntl(socket_, F_GETFL, 0);
    if (socket_ >= FD_SETSIZE || fcntl(socket_, F_SETFL, flags | O_NONBLOCK) != 0) return false;
    if (::connect(socket_, address, size) != 0) {
      if (errno != EINPROGRESS) return false;
      fd_set writable;
      FD_ZERO(&writable);
      FD_SET(socket_, &writable);
      timeval time{};
      time.tv_sec = static_cast<decltype(time.tv_sec)>(milliseconds / 1000);
      time.tv_usec = static_cast<decltype(time.tv_usec)>(milliseconds % 1000 * 1000);
      int error = 0;
      socklen_t length = sizeof error;
      if (select(socket_ + 1, nullptr, &writable, nullptr, &time) != 1) return false;
      if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) return false;
    }
    return fcntl(socket_, F_SETFL, flags) == 0;
  }

  int socket_ = -1;
};

}  // namespace lookout
