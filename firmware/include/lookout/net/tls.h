/// TLS by Mbed TLS, the board's own library, over TCP. Only the pinned roots are trusted.
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <chrono>

#include "lookout/net/tcp.h"

namespace lookout {

class TlsLink : public Link {
 public:
  /// `roots`: certificates in PEM, one after the other, kept by the caller.
  explicit TlsLink(const char* roots) {
    mbedtls_x509_crt_init(&roots_);
    mbedtls_entropy_init(&entropy_);
    mbedtls_ctr_drbg_init(&random_);
    mbedtls_ssl_config_init(&config_);
    mbedtls_ssl_init(&ssl_);
    // the terminating zero belongs to what is read; the result counts the certificates that could not be read
    is_ready_ = mbedtls_x509_crt_parse(&roots_, reinterpret_cast<const unsigned char*>(roots), std::strlen(roots) + 1) == 0 &&
                mbedtls_ctr_drbg_seed(&random_, mbedtls_entropy_func, &entropy_, nullptr, 0) == 0 &&
                mbedtls_ssl_config_defaults(&config_, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                            MBEDTLS_SSL_PRESET_DEFAULT) == 0;
    mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_min_version(&config_, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_ca_chain(&config_, &roots_, nullptr);
    mbedtls_ssl_conf_rng(&config_, mbedtls_ctr_drbg_random, &random_);
  }

  TlsLink(const TlsLink&) = delete;
  TlsLink& operator=(const TlsLink&) = delete;

  ~TlsLink() override {
    TlsLink::close();
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_config_free(&config_);
    mbedtls_ctr_drbg_free(&random_);
    mbedtls_entropy_free(&entropy_);
    mbedtls_x509_crt_free(&roots_);
  }

  Opened open(const Address& address, std::uint32_t milliseconds) override {
    close();
    if (!is_ready_) return Opened::untrusted;
    if (tcp_.open(address, milliseconds) != Opened::yes) return Opened::unreachable;
    if (mbedtls_ssl_setup(&ssl_, &config_) != 0 || mbedtls_ssl_set_hostname(&ssl_, address.host.c_str()) != 0) {
      close();
      return Opened::unreachable;
    }
    mbedtls_ssl_set_bio(&ssl_, this, send, receive, nullptr);
    // a handshake is many reads: each within its time could still be minutes
    shakes_until_ = Clock::now() + std::chrono::milliseconds(milliseconds);
    const int result = mbedtls_ssl_handshake(&ssl_);
    if (result == 0) {
      is_open_ = true;
      return Opened::yes;
    }
    close();
    const bool untrusted = result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
    return untrusted ? Opened::untrusted : Opened::unreachable;
  }

  bool write(std::string_view bytes) override {
    while (is_open_ && !bytes.empty()) {
      const int written = mbedtls_ssl_write(&ssl_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return is_open_;
  }

  int read(char* bytes, std::size_t size) override {
    if (!is_open_) return BROKEN;
    const int result = mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(bytes), size);
    if (result >= 0) return result;
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return CLOSED;
    return result == MBEDTLS_ERR_SSL_TIMEOUT ? SILENT : BROKEN;
  }

  void close() override {
    if (is_open_) mbedtls_ssl_close_notify(&ssl_);
    is_open_ = false;
    // a context that shook hands cannot be set up again
    mbedtls_ssl_free(&ssl_);
    mbedtls_ssl_init(&ssl_);
    tcp_.close();
  }

  [[nodiscard]] bool is_open() const override { return is_open_; }

 private:
  using Clock = std::chrono::steady_clock;

  static int send(void* link, const unsigned char* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    return static_cast<TlsLink*>(link)->tcp_.write(text) ? static_cast<int>(size) : -1;
  }

  static int receive(void* link, unsigned char* bytes, std::size_t size) {
    auto* self = static_cast<TlsLink*>(link);
    if (!self->is_open_ && Clock::now() > self->shakes_until_) return MBEDTLS_ERR_SSL_TIMEOUT;
    const int received = self->tcp_.read(reinterpret_cast<char*>(bytes), size);
    return received == SILENT ? MBEDTLS_ERR_SSL_TIMEOUT : received;
  }

  TcpLink tcp_;
  mbedtls_x509_crt roots_;
  mbedtls_entropy_context entropy_;
  mbedtls_ctr_drbg_context random_;
  mbedtls_ssl_config config_;
  mbedtls_ssl_context ssl_;
  Clock::time_point shakes_until_;
  bool is_ready_ = false, is_open_ = false;
};

}  // namespace lookout
