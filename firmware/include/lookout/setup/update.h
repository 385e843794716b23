/// Updates over the air: only what was signed with the owner's key, for this kind of board, and newer than what runs.
#pragma once

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include "lookout/camera/commands.h"

namespace lookout {

/// Where a new firmware is written. What was begun and not finished never starts.
struct Flash {
  virtual ~Flash() = default;
  virtual bool begin(std::uint32_t size) = 0;
  virtual bool write(std::string_view bytes) = 0;
  /// Start from it at the next restart.
  virtual bool finish() = 0;
  virtual void abort() = 0;
};

/// What comes before the image: `LOOKOUT1`, the board's name in 16 bytes, the version and the image's size in 4 each
/// (big endian), the signature's size in 2 and the signature (ECDSA P-256, DER) in 80. Signed is the SHA-256 of the
/// first 32 bytes and the image.
class SignedUpdate : public Updater {
 public:
  static constexpr std::string_view MAGIC = "LOOKOUT1";
  static constexpr std::size_t SIGNED_HEAD = 32, SIGNATURE = 80, HEAD = SIGNED_HEAD + 2 + SIGNATURE;

  /// `public_key`: PEM, kept by the caller. `version`: the one that runs.
  SignedUpdate(Flash& flash, const char* public_key, std::string_view board, std::uint32_t version)
      : flash_(flash), board_(board), version_(version) {
    mbedtls_pk_init(&key_);
    mbedtls_md_init(&hash_);
    const auto* pem = reinterpret_cast<const unsigned char*>(public_key);
    is_ready_ = mbedtls_pk_parse_public_key(&key_, pem, std::strlen(public_key) + 1) == 0 &&
                mbedtls_md_setup(&hash_, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0) == 0;
  }

  SignedUpdate(const SignedUpdate&) = delete;
  SignedUpdate& operator=(const SignedUpdate&) = delete;

  ~SignedUpdate() override {
    mbedtls_md_free(&hash_);
    mbedtls_pk_free(&key_);
  }

  [[nodiscard]] bool is_done() const { return is_done_; }

  std::string_view install(Incoming& body, std::uint32_t size) override {
    if (!is_ready_) return "the key that this firmware was built with cannot be read";
    if (is_done_) return "restarting";
    head_.clear();
    mbedtls_md_starts(&hash_);
    std::string_view bytes;
    while (head_.size() < HEAD) {
      bytes = body.next();
      if (bytes.empty()) return "cut short";
      const std::size_t missing = HEAD - head_.size();
      head_ << bytes.substr(0, missing);
      bytes.remove_prefix(bytes.size() < missing ? bytes.size() : missing);
    }
    const std::string_view problem = problem_with_head(size);
    if (!problem.empty()) return problem;
    hash(head_.view().substr(0, SIGNED_HEAD));
    if (!flash_.begin(number(28))) return "it does not fit";
    const std::string_view failed = write(body, bytes);
    if (!failed.empty()) {
      flash_.abort();
      return failed;
    }
    is_done_ = flash_.finish();
    return is_done_ ? "" : "the flash refused it";
  }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at) const {
    std::uint32_t read = 0;
    for (std::size_t byte = 0; byte < 4; ++byte) read = read << 8 | static_cast<unsigned char>(head_.view()[at + byte]);
    return read;
  }

  [[nodiscard]] std::string_view problem_with_head(std::uint32_t size) const {
    const std::string_view head = head_.view();
    if (head.substr(0, MAGIC.size()) != MAGIC) return "no signed update";
    Text<16> name;
    for (const char letter : head.substr(8, 16)) {
      if (letter != '\0') name << letter;
    }
    if (name.view() != board_) return "it is for another board";
    if (number(24) <= version_) return "it is not newer than what runs";
    if (number(28) == 0 || number(28) != size - HEAD) return "cut short";
    return {};
  }

  std::string_view write(Incoming& body, std::string_view bytes) {
    for (std::uint32_t left = number(28); left > 0;) {
      if (bytes.empty()) bytes = body.next();
      if (bytes.empty()) return "cut short";
      hash(bytes);
      if (!flash_.write(bytes)) return "the flash refused it";
      left -= static_cast<std::uint32_t>(bytes.size());
      bytes = {};
    }
    return is_signed() ? "" : "the signature is not of this firmware's key";
  }

  void hash(std::string_view bytes) {
    mbedtls_md_update(&hash_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }

  bool is_signed() {
    std::array<unsigned char, 32> digest{};
    mbedtls_md_finish(&hash_, digest.data());
    const auto* head = reinterpret_cast<const unsigned char*>(head_.view().data());
    const std::size_t size = static_cast<std::size_t>(head[SIGNED_HEAD] << 8 | head[SIGNED_HEAD + 1]);
    return size <= SIGNATURE && mbedtls_pk_verify(&key_, MBEDTLS_MD_SHA256, digest.data(), digest.size(),
                                                  head + SIGNED_HEAD + 2, size) == 0;
  }

  Flash& flash_;
  std::string_view board_;
  std::uint32_t version_;
  Text<HEAD> head_;
  mbedtls_pk_context key_;
  mbedtls_md_context_t hash_;
  bool is_ready_ = false, is_done_ = false;
};

}  // namespace lookout
