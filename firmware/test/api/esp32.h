/// What `src/` uses of Arduino-ESP32, ESP-IDF and esp32-camera, as far as a compiler needs it to check the names and
/// the types. It does nothing: on this computer `src/` is compiled, and never linked.
#pragma once

#include <sys/time.h>

#include <cstddef>
#include <cstdint>

#ifndef ESP_IDF_VERSION_MAJOR
#define ESP_IDF_VERSION_MAJOR 4
#endif

using esp_err_t = int;
constexpr esp_err_t ESP_OK = 0;

// Arduino
class String {
 public:
  String substring(unsigned first) const;
  const char* c_str() const;
};
class HardwareSerial {
 public:
  void begin(unsigned long baud);
  std::size_t write(const std::uint8_t* bytes, std::size_t size);
  std::size_t println();
};
extern HardwareSerial Serial;
class EspClass {
 public:
  void restart();
};
extern EspClass ESP;
// it stands at the top level there too, where it would be ambiguous with ours
class Server {};
class Print {};
void delay(std::uint32_t milliseconds);
bool psramFound();
void configTime(long offset, int daylight, const char* one, const char* two = nullptr, const char* three = nullptr);
#define SET_LOOP_TASK_STACK_SIZE(size) \
  std::size_t getArduinoLoopTaskStackSize(); \
  std::size_t getArduinoLoopTaskStackSize() { return size; } static_assert(true, "")

// WiFi, DNSServer, Preferences
class IPAddress {
 public:
  String toString() const;
};
enum wifi_mode_t { WIFI_OFF, WIFI_STA, WIFI_AP };
enum wl_status_t { WL_IDLE_STATUS, WL_CONNECTED = 3 };
class WiFiClass {
 public:
  String macAddress();
  bool mode(wifi_mode_t mode);
  bool softAP(const char* name, const char* password = nullptr);
  IPAddress softAPIP();
  IPAddress localIP();
  bool setSleep(bool enabled);
  bool setAutoReconnect(bool enabled);
  wl_status_t begin(const char* name, const char* password = nullptr);
  wl_status_t status();
};
extern WiFiClass WiFi;
class DNSServer {
 public:
  bool start(std::uint16_t port, const char* domain, const IPAddress& address);
  void processNextRequest();
};
class Preferences {
 public:
  bool begin(const char* name, bool read_only = false, const char* partition = nullptr);
  bool isKey(const char* key);
  std::size_t getString(const char* key, char* value, std::size_t size);
  std::size_t putString(const char* key, const char* value);
};

// driver/ledc.h
enum ledc_mode_t { LEDC_HIGH_SPEED_MODE, LEDC_LOW_SPEED_MODE };
enum ledc_timer_t { LEDC_TIMER_0, LEDC_TIMER_1, LEDC_TIMER_2, LEDC_TIMER_3 };
enum ledc_channel_t { LEDC_CHANNEL_0, LEDC_CHANNEL_1, LEDC_CHANNEL_2, LEDC_CHANNEL_3, LEDC_CHANNEL_4 };
enum ledc_timer_bit_t { LEDC_TIMER_8_BIT = 8, LEDC_TIMER_14_BIT = 14 };
enum ledc_clk_cfg_t { LEDC_AUTO_CLK };
enum ledc_intr_type_t { LEDC_INTR_DISABLE };
struct ledc_timer_config_t {
  ledc_mode_t speed_mode;
  ledc_timer_bit_t duty_resolution;
  ledc_timer_t timer_num;
  std::uint32_t freq_hz;
  ledc_clk_cfg_t clk_cfg;
};
struct ledc_channel_config_t {
  int gpio_num;
  ledc_mode_t speed_mode;
  ledc_channel_t channel;
  ledc_intr_type_t intr_type;
  ledc_timer_t timer_sel;
  std::uint32_t duty;
  int hpoint;
};
esp_err_t ledc_timer_config(const ledc_timer_config_t* config);
esp_err_t ledc_channel_config(const ledc_channel_config_t* config);
esp_err_t ledc_set_duty(ledc_mode_t mode, ledc_channel_t channel, std::uint32_t duty);
esp_err_t ledc_update_duty(ledc_mode_t mode, ledc_channel_t channel);

// esp_camera.h
enum pixformat_t { PIXFORMAT_JPEG = 4 };
enum framesize_t {
  FRAMESIZE_QQVGA = 1, FRAMESIZE_QVGA = 6, FRAMESIZE_CIF = 8, FRAMESIZE_VGA = 10, FRAMESIZE_SVGA, FRAMESIZE_XGA,
  FRAMESIZE_HD, FRAMESIZE_SXGA, FRAMESIZE_UXGA
};
enum camera_grab_mode_t { CAMERA_GRAB_WHEN_EMPTY, CAMERA_GRAB_LATEST };
enum camera_fb_location_t { CAMERA_FB_IN_PSRAM, CAMERA_FB_IN_DRAM };
struct camera_config_t {
  int pin_pwdn, pin_reset, pin_xclk, pin_sccb_sda, pin_sccb_scl;
  int pin_d7, pin_d6, pin_d5, pin_d4, pin_d3, pin_d2, pin_d1, pin_d0, pin_vsync, pin_href, pin_pclk;
  int xclk_freq_hz;
  ledc_timer_t ledc_timer;
  ledc_channel_t ledc_channel;
  pixformat_t pixel_format;
  framesize_t frame_size;
  int jpeg_quality;
  std::size_t fb_count;
  camera_fb_location_t fb_location;
  camera_grab_mode_t grab_mode;
};
struct camera_fb_t {
  std::uint8_t* buf;
  std::size_t len, width, height;
  pixformat_t format;
  timeval timestamp;
};
struct sensor_t {
  int (*set_framesize)(sensor_t* sensor, framesize_t size);
};
esp_err_t esp_camera_init(const camera_config_t* config);
camera_fb_t* esp_camera_fb_get();
void esp_camera_fb_return(camera_fb_t* buffer);
sensor_t* esp_camera_sensor_get();

// esp_system.h, esp_timer.h, esp_random.h, esp_task_wdt.h, FreeRTOS
enum esp_reset_reason_t {
  ESP_RST_UNKNOWN, ESP_RST_POWERON, ESP_RST_EXT, ESP_RST_SW, ESP_RST_PANIC, ESP_RST_INT_WDT, ESP_RST_TASK_WDT, ESP_RST_WDT,
  ESP_RST_DEEPSLEEP, ESP_RST_BROWNOUT
};
esp_reset_reason_t esp_reset_reason();
std::int64_t esp_timer_get_time();
std::uint32_t esp_random();
using TaskHandle_t = void*;
using BaseType_t = int;
using UBaseType_t = unsigned;
BaseType_t xTaskCreatePinnedToCore(void (*code)(void*), const char* name, std::uint32_t stack, void* argument,
                                   UBaseType_t priority, TaskHandle_t* task, BaseType_t core);
esp_err_t esp_task_wdt_add(TaskHandle_t task);
esp_err_t esp_task_wdt_reset();
#if ESP_IDF_VERSION_MAJOR >= 5
struct esp_task_wdt_config_t {
  std::uint32_t timeout_ms, idle_core_mask;
  bool trigger_panic;
};
esp_err_t esp_task_wdt_reconfigure(const esp_task_wdt_config_t* config);
#else
esp_err_t esp_task_wdt_init(std::uint32_t seconds, bool panic);
#endif

// esp_ota_ops.h
struct esp_partition_t {
  std::uint32_t size;
};
using esp_ota_handle_t = std::uint32_t;
const esp_partition_t* esp_ota_get_next_update_partition(const esp_partition_t* from);
esp_err_t esp_ota_begin(const esp_partition_t* partition, std::size_t size, esp_ota_handle_t* handle);
esp_err_t esp_ota_write(esp_ota_handle_t handle, const void* bytes, std::size_t size);
esp_err_t esp_ota_end(esp_ota_handle_t handle);
esp_err_t esp_ota_abort(esp_ota_handle_t handle);
esp_err_t esp_ota_set_boot_partition(const esp_partition_t* partition);
