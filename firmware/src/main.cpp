// Starts the camera: settings, sensor, Wi-Fi, the task that serves commands, and the loop that posts frames.
#include <DNSServer.h>
#include <WiFi.h>

#include "esp32_board.h"
#include "esp32_flash.h"
#include "lookout/camera/camera.h"
#include "lookout/camera/commands.h"
#include "lookout/net/tls.h"
#include "lookout/setup/portal.h"
#include "lookout/setup/roots.h"
#include "lookout/setup/starts.h"

#if __has_include("update_key.h")
#include "update_key.h"  // made by scripts/update: the owner's public key switches updates on
#define LOOKOUT_UPDATES 1
#endif

// a TLS handshake needs more than the usual 8 KB
SET_LOOP_TASK_STACK_SIZE(20 * 1024);

namespace lookout {
namespace {

constexpr std::uint32_t SERVER_STACK = 20 * 1024;
constexpr std::uint32_t JOIN_SECONDS = 30;
constexpr std::uint16_t HTTP_PORT = 80, DNS_PORT = 53;

Esp32Board board;
NvsStore store;
Server server;
Settings settings;
Identity identity;
State* state = nullptr;
Updater* updater = nullptr;
Camera* camera = nullptr;
bool is_settled = false;

/// A network of the board's own, with a password that only the serial line tells, until the form was filled in.
[[noreturn]] void set_up() {
  Text<24> name("Lookout-"), password;
  name << WiFi.macAddress().substring(12).c_str();
  password << 10000000U + board.random() % 90000000U;
  WiFi.mode(WIFI_AP);
  WiFi.softAP(name.c_str(), password.c_str());
  DNSServer dns;
  dns.start(DNS_PORT, "*", WiFi.softAPIP());
  server.open(HTTP_PORT);
  board.say((Text<160>() << message::PORTAL << name.view() << " with the password " << password.view() << ", and open http://"
                         << WiFi.softAPIP().toString().c_str()).view());
  Portal portal(store, settings);
  while (!portal.is_done()) {
    board.alive();
    dns.processNextRequest();
    server.serve(portal, 50, RequestReader::MOST_PORTAL_HEAD);
  }
  board.say(message::SAVED);
  delay(1000);
  ESP.restart();
  for (;;) delay(1000);
}

bool join() {
  WiFi.mode(WIFI_STA);
  // asleep between beacons it would answer the agent late
  WiFi.setSleep(false);
  WiFi.setAutoReconnect(true);
  WiFi.begin(settings.wifi.c_str(), settings.password.c_str());
  for (std::uint32_t tenths = 0; tenths < JOIN_SECONDS * 10 && WiFi.status() != WL_CONNECTED; ++tenths) {
    board.alive();
    delay(100);
  }
  return WiFi.status() == WL_CONNECTED;
}

void serve(void*) {
  Commands commands(board, *state, updater);
  const std::string_view streamed = updater == nullptr ? std::string_view() : Commands::UPDATE;
  esp_task_wdt_add(nullptr);
  for (;;) {
    board.alive();
    server.serve(commands, 1000, RequestReader::MOST_HEAD, streamed);
#ifdef LOOKOUT_UPDATES
    if (static_cast<SignedUpdate*>(updater)->is_done()) {
      board.say(message::UPDATED);
      delay(500);
      ESP.restart();
    }
#endif
  }
}

void begin() {
  Serial.begin(115200);
  const bool is_sensor_there = board.begin();
  const std::string_view news = message_of(why_started());
  if (!news.empty()) board.say(news);
  if (!board.has_psram()) board.say(message::NO_PSRAM);
  store.begin();
  settings = load(store);
  if (is_portal_asked_for(store) || !problem_with(settings).empty()) set_up();
  if (!is_sensor_there) {
    board.say(message::NO_CAMERA);
    delay(10000);
    ESP.restart();
  }
  while (!join()) board.say(message::NO_WIFI);
  // some builds of Mbed TLS look at a certificate's dates
  configTime(0, 0, "pool.ntp.org", "time.google.com");

  identity = identity_of(settings);
  state = new State(board, settings.pan_reversed ? -1 : 1, settings.tilt_reversed ? -1 : 1);
  state->begin();
#ifdef LOOKOUT_UPDATES
  static OtaFlash flash;
  updater = new SignedUpdate(flash, UPDATE_KEY, BOARD, LOOKOUT_VERSION);
#endif
  server.open(HTTP_PORT);
  xTaskCreatePinnedToCore(serve, "commands", SERVER_STACK, nullptr, 1, nullptr, 0);
  Link* link = identity.address.tls ? static_cast<Link*>(new TlsLink(ROOTS)) : new TcpLink();
  camera = new Camera(board, *new Poster(board, *link, identity), *state);
  board.say((Text<64>() << message::READY << WiFi.localIP().toString().c_str()).view());
}

void run() {
  camera->step();
  if (!is_settled && board.now_us() > SETTLED_US) {
    settle(store);
    is_settled = true;
  }
}

}  // namespace
}  // namespace lookout

void setup() { lookout::begin(); }

void loop() { lookout::run(); }
