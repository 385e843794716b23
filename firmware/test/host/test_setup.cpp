// How a board comes to its settings, and to a new firmware.
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>

#include <map>

#include "check.h"
#include "lookout/net/tls.h"
#include "lookout/setup/portal.h"
#include "lookout/setup/roots.h"
#include "lookout/setup/starts.h"
#include "lookout/setup/update.h"

using namespace lookout;

namespace {

struct Memory : Store {
  void get(std::string_view name, Text<256>& value) override { value = values[std::string(name)]; }
  bool put(std::string_view name, std::string_view value) override {
    if (is_full) return false;
    values[std::string(name)] = value;
    return true;
  }
  std::map<std::string, std::string> values;
  bool is_full = false;
};

const std::string KEY = "k_3-" + std::string(39, 'x');

std::string form(const std::map<std::string, std::string>& changes = {}) {
  std::map<std::string, std::string> fields = {{"wifi", "Home+%26+Garden"}, {"password", "secret+word"},
                                               {"url", "https%3A%2F%2Fmy-house.web.app%2Fdetect"},
                                               {"camera_id", "cam_001"}, {"key", KEY}};
  for (const auto& [name, value] : changes) fields[name] = value;
  std::string text;
  for (const auto& [name, value] : fields) text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

struct Nothing : Incoming {
  std::string_view next() override { return {}; }
};

Reply ask(Portal& portal, const std::string& method, const std::string& path, const std::string& body = "") {
  RequestReader request(RequestReader::MOST_PORTAL_HEAD);
  request.feed(method + " " + path + " HTTP/1.1\r\nHost: connectivitycheck.example\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body);
  EQUAL(request.refusal(), 0);
  Nothing nothing;
  Reply reply;
  portal.handle(request, nothing, reply);
  return reply;
}

bool has(const Reply& reply, std::string_view part) { return reply.text.view().find(part) != std::string_view::npos; }

}  // namespace

TEST(an_address_is_read_with_its_host_port_and_path) {
  Address address;
  CHECK(read_url("https://my-house.web.app/detect", address));
  EQUAL(address.host.view(), "my-house.web.app");
  EQUAL(address.port, 443);
  EQUAL(address.path.view(), "/detect");
  CHECK(address.tls);
  CHECK(read_url("https://my-house.web.app", address));
  EQUAL(address.path.view(), "/detect");
  CHECK(read_url("http://192.168.1.7:5500/demo/detect?x=1", address));
  EQUAL(address.port, 5500);
  EQUAL(address.path.view(), "/demo/detect?x=1");
  CHECK(!address.tls);
}

TEST(the_key_is_sent_in_the_clear_to_no_address_of_the_internet) {
  Address address;
  for (const char* url : {"http://my-house.web.app/detect", "http://8.8.8.8/", "http://172.32.0.1/", "http://192.169.1.1/",
                          "http://10.0.0.1.example.com/", "http://10.0.0/", "http://10.0.0.256/", "http://localhost/"}) {
    CHECK(!read_url(url, address));
  }
  for (const char* url : {"http://10.1.2.3/", "http://127.0.0.1:1/", "http://172.16.0.1/", "http://172.31.255.255/"}) {
    CHECK(read_url(url, address));
  }
}

TEST(an_address_that_is_none_is_refused) {
  Address address;
  for (const char* url : {"", "https://", "https:///detect", "ftp://x/", "my-house.web.app", "https://a b/", "https://a@b/",
                          "https://x:0/", "https://x:65536/", "https://x:/", "https://x:1x/", "https://x/\r\nHost: y",
                          "https://x/\xC3\xA9", "https://[::1]/"}) {
    CHECK(!read_url(url, address));
  }
  CHECK(!read_url("https://" + std::string(200, 'x') + "/", address));
  CHECK(!read_url("https://x/" + std::string(200, 'x'), address));
}

TEST(a_new_board_is_set_up_by_one_form) {
  Memory memory;
  CHECK(!problem_with(load(memory)).empty());
  Portal portal(memory, load(memory));
  CHECK(has(ask(portal, "GET", "/"), "<form method=post action=/save>"));
  EQUAL(ask(portal, "POST", "/save", form({{"tilt_reversed", "on"}})).status, 200);
  CHECK(portal.is_done());
  const Settings saved = load(memory);
  EQUAL(problem_with(saved), "");
  EQUAL(saved.wifi.view(), "Home & Garden");
  EQUAL(saved.password.view(), "secret word");
  EQUAL(saved.key.view(), KEY);
  CHECK(!saved.pan_reversed && saved.tilt_reversed);
  const Identity identity = identity_of(saved);
  EQUAL(identity.address.host.view(), "my-house.web.app");
  EQUAL(identity.camera_id.view(), "cam_001");
}

TEST(a_form_with_a_mistake_says_which_and_saves_nothing) {
  const std::vector<std::pair<std::map<std::string, std::string>, std::string>> mistakes = {
      {{{"wifi", ""}}, "name of the Wi-Fi"},       {{{"wifi", std::string(33, 'x')}}, "too long"},
      {{{"password", "short"}}, "8 to 63"},        {{{"url", "my-house"}}, "like https://"},
      {{{"camera_id", "cam 1"}}, "camera&#39;s id"}, {{{"camera_id", "..%2Fx"}}, "camera&#39;s id"},
      {{{"key", "short"}}, "43 letters"},          {{{"key", KEY + "%0d%0aX"}}, "43 letters"},
      {{{"key", "%"}}, "letters that cannot be"}};
  for (const auto& [changes, problem] : mistakes) {
    Memory memory;
    Portal portal(memory, Settings());
    const Reply reply = ask(portal, "POST", "/save", form(changes));
    EQUAL(reply.status, 400);
    CHECK(has(reply, problem));
    CHECK(memory.values.empty() && !portal.is_done());
  }
}

TEST(the_page_shows_what_was_typed_escaped_and_never_a_secret) {
  Memory memory;
  save(memory, Settings());
  memory.values["wifi"] = "\"><script>alert('x')</script>";
  memory.values["password"] = "secret-password";
  memory.values["key"] = KEY;
  Portal portal(memory, load(memory));
  const Reply reply = ask(portal, "GET", "/");
  CHECK(has(reply, "value=\"&quot;&gt;&lt;script&gt;"));
  CHECK(!has(reply, "<script>") && !has(reply, "secret-password") && !has(reply, KEY));
  CHECK(has(reply, "placeholder='as before'"));
  CHECK(!reply.text.is_cut() && has(reply, "</html>"));
}

TEST(the_longest_settings_fit_into_the_page) {
  Memory memory;
  Settings longest;
  longest.wifi = std::string(32, '"');
  longest.url = std::string(200, '\'');
  longest.camera_id = std::string(64, '&');
  Portal portal(memory, longest);
  CHECK(has(ask(portal, "POST", "/save", "wifi=%22"), "</html>"));
}

TEST(a_secret_that_is_left_empty_stays_as_it_was) {
  Memory memory;
  Portal portal(memory, Settings());
  ask(portal, "POST", "/save", form());
  Portal again(memory, load(memory));
  EQUAL(ask(again, "POST", "/save", form({{"password", ""}, {"key", ""}, {"camera_id", "cam_2"}})).status, 200);
  EQUAL(load(memory).key.view(), KEY);
  EQUAL(load(memory).password.view(), "secret word");
  EQUAL(load(memory).camera_id.view(), "cam_2");
}

TEST(whatever_a_phone_asks_for_leads_to_the_page) {
  Memory memory;
  Portal portal(memory, Settings());
  for (const char* path : {"/generate_204", "/hotspot-detect.html", "/connecttest.txt", "/save"}) {
    const Reply reply = ask(portal, "GET", path);
    EQUAL(reply.status, 302);
    EQUAL(reply.header.view(), "Location: /\r\n");
  }
}

TEST(three_short_starts_in_a_row_open_the_portal_again) {
  Memory memory;
  CHECK(!is_portal_asked_for(memory));
  CHECK(!is_portal_asked_for(memory));
  CHECK(is_portal_asked_for(memory));
  CHECK(!is_portal_asked_for(memory));  // once, not from then on
  CHECK(!is_portal_asked_for(memory));
  settle(memory);
  CHECK(!is_portal_asked_for(memory));
  memory.values["starts"] = "many";
  CHECK(!is_portal_asked_for(memory));
}

TEST(flash_that_cannot_be_written_is_told) {
  Memory memory;
  memory.is_full = true;
  Portal portal(memory, Settings());
  EQUAL(ask(portal, "POST", "/save", form()).status, 503);
  CHECK(!portal.is_done());
}

TEST(every_pinned_root_can_be_read_by_the_boards_own_library) {
  mbedtls_x509_crt roots;
  mbedtls_x509_crt_init(&roots);
  EQUAL(mbedtls_x509_crt_parse(&roots, reinterpret_cast<const unsigned char*>(ROOTS), std::strlen(ROOTS) + 1), 0);
  int count = 0;
  for (const mbedtls_x509_crt* one = &roots; one != nullptr; one = one->next) ++count;
  EQUAL(count, 6);
  mbedtls_x509_crt_free(&roots);
}

namespace {

struct Signer {
  Signer() {
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random);
    mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, nullptr, 0);
    mbedtls_pk_init(&key);
    mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), mbedtls_ctr_drbg_random, &random);
    mbedtls_pk_write_pubkey_pem(&key, reinterpret_cast<unsigned char*>(pem), sizeof pem);
  }
  ~Signer() {
    mbedtls_pk_free(&key);
    mbedtls_ctr_drbg_free(&random);
    mbedtls_entropy_free(&entropy);
  }

  std::string sign(const std::string& image, std::uint32_t version, std::string board = "esp32cam") {
    std::string head(SignedUpdate::MAGIC);
    board.resize(16, '\0');
    head += board;
    for (const std::uint32_t number : {version, static_cast<std::uint32_t>(image.size())}) {
      for (int shift = 24; shift >= 0; shift -= 8) head += static_cast<char>(number >> shift & 0xFF);
    }
    const std::string text = head + image;
    unsigned char digest[32], signature[128];
    std::size_t size = 0;
    mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
    mbedtls_pk_sign(&key, MBEDTLS_MD_SHA256, digest, sizeof digest, signature, &size, mbedtls_ctr_drbg_random, &random);
    head += static_cast<char>(size >> 8);
    head += static_cast<char>(size & 0xFF);
    std::string padded(reinterpret_cast<const char*>(signature), size);
    padded.resize(SignedUpdate::SIGNATURE, '\0');
    return head + padded + image;
  }

  mbedtls_entropy_context entropy;
  mbedtls_ctr_drbg_context random;
  mbedtls_pk_context key;
  char pem[512] = {};
};

Signer& signer() {
  static Signer one;
  return one;
}

struct Partition : Flash {
  bool begin(std::uint32_t size) override {
    written.clear();
    is_begun = size <= 4096;
    return is_begun;
  }
  bool write(std::string_view bytes) override {
    written += bytes;
    return !is_worn;
  }
  bool finish() override { return is_bootable = true; }
  void abort() override { is_aborted = true; }
  std::string written;
  bool is_begun = false, is_bootable = false, is_aborted = false, is_worn = false;
};

struct Pieces : Incoming {
  Pieces(std::string all, std::size_t piece) : text(std::move(all)), size(piece) {}
  std::string_view next() override {
    const std::string_view piece = std::string_view(text).substr(std::min(at, text.size()), size);
    at += piece.size();
    return piece;
  }
  std::string text;
  std::size_t size, at = 0;
};

std::string_view install(Partition& partition, const std::string& file, std::size_t piece = 100) {
  SignedUpdate update(partition, signer().pem, "esp32cam", 7);
  Pieces body(file, piece);
  return update.install(body, static_cast<std::uint32_t>(file.size()));
}

const std::string IMAGE = std::string(1000, 'i') + "end";

}  // namespace

TEST(a_signed_update_is_installed_however_it_arrives) {
  for (const std::size_t piece : {1, 7, 113, 114, 115, 1024, 5000}) {
    Partition partition;
    EQUAL(install(partition, signer().sign(IMAGE, 8), piece), "");
    CHECK(partition.is_bootable && partition.written == IMAGE);
  }
}

TEST(one_changed_byte_anywhere_and_nothing_starts_from_it) {
  const std::string good = signer().sign(IMAGE, 8);
  for (std::size_t at = 0; at < good.size(); at += at < 120 ? 1 : 37) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    Partition partition;
    const bool installed = install(partition, bad).empty();
    // the padding behind the signature is the one place that means nothing
    const bool is_padding = at >= SignedUpdate::SIGNED_HEAD + 2 + 70 && at < SignedUpdate::HEAD;
    CHECK(!installed || is_padding);
    CHECK(installed == partition.is_bootable);
  }
}

TEST(an_update_of_somebody_else_for_another_board_or_older_is_refused) {
  Partition partition;
  Signer other;
  EQUAL(install(partition, other.sign(IMAGE, 8)), "the signature is not of this firmware's key");
  CHECK(partition.is_aborted);
  EQUAL(install(partition, signer().sign(IMAGE, 8, "xiao")), "it is for another board");
  EQUAL(install(partition, signer().sign(IMAGE, 7)), "it is not newer than what runs");
  EQUAL(install(partition, signer().sign(std::string(5000, 'x'), 8)), "it does not fit");
  EQUAL(install(partition, "<html>"), "cut short");
  EQUAL(install(partition, std::string(500, 'x')), "no signed update");
  CHECK(!partition.is_bootable);
}

TEST(an_update_that_is_cut_short_or_that_the_flash_refuses_is_given_up) {
  const std::string good = signer().sign(IMAGE, 8);
  Partition partition;
  EQUAL(install(partition, good.substr(0, good.size() - 1)), "cut short");
  SignedUpdate update(partition, signer().pem, "esp32cam", 7);
  Pieces body(good.substr(0, good.size() - 1), 100);
  EQUAL(update.install(body, static_cast<std::uint32_t>(good.size())), "cut short");
  CHECK(partition.is_aborted);
  partition.is_worn = true;
  EQUAL(install(partition, good), "the flash refused it");
  CHECK(!partition.is_bootable);
}

TEST(a_firmware_whose_key_cannot_be_read_takes_no_update) {
  Partition partition;
  SignedUpdate update(partition, "no key", "esp32cam", 7);
  Pieces body(signer().sign(IMAGE, 8), 100);
  CHECK(!update.install(body, 1).empty());
  CHECK(!partition.is_begun);
}

int main() { return test::run_all(); }
