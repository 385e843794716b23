/// The hardware of a board: sensor, servos, light, watchdog, serial line.
#pragma once

#include <Arduino.h>
#include <driver/ledc.h>
#include <esp_camera.h>
#include <esp_idf_version.h>
#include <esp_system.h>
#include <esp_task_wdt.h>
#include <esp_timer.h>
#if ESP_IDF_VERSION_MAJOR >= 5
#include <esp_random.h>
#endif

#include "lookout/camera/board.h"
#include "lookout/camera/messages.h"
#include "lookout/camera/servos.h"
#include "pins.h"

namespace lookout {

/// Longer than any wait for the network, which has limits of its own.
constexpr std::uint32_t WATCHDOG_SECONDS = 60;

class Esp32Board : public Board {
 public:
  /// False when the sensor does not answer.
  bool begin() {
    is_psram_there_ = psramFound();
    watch();
    begin_pins();
    return begin_sensor();
  }

  std::int64_t now_us() override { return esp_timer_get_time(); }
  void sleep_ms(std::uint32_t milliseconds) override { delay(milliseconds); }
  void alive() override { esp_task_wdt_reset(); }
  std::uint32_t random() override { return esp_random(); }
  void say(std::string_view line) override {
    Serial.write(reinterpret_cast<const std::uint8_t*>(line.data()), line.size());
    Serial.println();
  }

  bool take(Frame& frame) override {
    camera_fb_t* buffer = esp_camera_fb_get();
    if (buffer == nullptr) return false;
    frame.bytes = buffer->buf;
    frame.size = buffer->len;
    frame.taken_us = static_cast<std::int64_t>(buffer->timestamp.tv_sec) * 1000000 + buffer->timestamp.tv_usec;
    frame.buffer = buffer;
    return true;
  }
  void give_back(const Frame& frame) override { esp_camera_fb_return(static_cast<camera_fb_t*>(frame.buffer)); }
  void set_size(FrameSize size) override {
    sensor_t* sensor = esp_camera_sensor_get();
    if (sensor != nullptr) sensor->set_framesize(sensor, driver_size(size));
  }

  void set_light(std::uint8_t level) override {
    if (has_light()) set_duty(LIGHT_CHANNEL, level);
  }
  void set_pulse(Axis axis, std::uint32_t microseconds) override {
    set_duty(axis == Axis::pan ? PAN_CHANNEL : TILT_CHANNEL, duty_of(microseconds, SERVO_BITS));
  }

  bool has_light() override { return PINS.light >= 0; }
  bool has_servos() override { return PINS.pan >= 0 && PINS.tilt >= 0; }
  bool has_psram() override { return is_psram_there_; }

 private:
  // the sensor's clock is made by timer 0 and channel 0
  static constexpr ledc_timer_t SERVO_TIMER = LEDC_TIMER_1, LIGHT_TIMER = LEDC_TIMER_2;
  static constexpr ledc_channel_t PAN_CHANNEL = LEDC_CHANNEL_2, TILT_CHANNEL = LEDC_CHANNEL_3, LIGHT_CHANNEL = LEDC_CHANNEL_4;
  static constexpr unsigned SERVO_BITS = 14;

  void watch() {
#if ESP_IDF_VERSION_MAJOR >= 5
    esp_task_wdt_config_t config = {};
    config.timeout_ms = WATCHDOG_SECONDS * 1000;
    config.trigger_panic = true;
    esp_task_wdt_reconfigure(&config);
#else
    esp_task_wdt_init(WATCHDOG_SECONDS, true);
#endif
    esp_task_wdt_add(nullptr);
  }

  void begin_pins() {
    if (has_servos()) {
      begin_timer(SERVO_TIMER, LEDC_TIMER_14_BIT, 1000000 / SERVO_PERIOD_US);
      begin_channel(PAN_CHANNEL, SERVO_TIMER, PINS.pan, duty_of(pulse_of(SERVO_CENTRE), SERVO_BITS));
      begin_channel(TILT_CHANNEL, SERVO_TIMER, PINS.tilt, duty_of(pulse_of(SERVO_CENTRE), SERVO_BITS));
    }
    if (has_light()) {
      begin_timer(LIGHT_TIMER, LEDC_TIMER_8_BIT, 5000);
      begin_channel(LIGHT_CHANNEL, LIGHT_TIMER, PINS.light, 0);
    }
  }

  static void begin_timer(ledc_timer_t timer, ledc_timer_bit_t bits, std::uint32_t hertz) {
    ledc_timer_config_t config = {};
    config.speed_mode = LEDC_LOW_SPEED_MODE;
    config.timer_num = timer;
    config.duty_resolution = bits;
    config.freq_hz = hertz;
    config.clk_cfg = LEDC_AUTO_CLK;
    ledc_timer_config(&config);
  }

  static void begin_channel(ledc_channel_t channel, ledc_timer_t timer, int pin, std::uint32_t duty) {
    ledc_channel_config_t config = {};
    config.speed_mode = LEDC_LOW_SPEED_MODE;
    config.channel = channel;
    config.timer_sel = timer;
    config.gpio_num = pin;
    config.duty = duty;
    ledc_channel_config(&config);
  }

  static void set_duty(ledc_channel_t channel, std::uint32_t duty) {
    ledc_set_duty(LEDC_LOW_SPEED_MODE, channel, duty);
    ledc_update_duty(LEDC_LOW_SPEED_MODE, channel);
  }

  bool begin_sensor() const {
    camera_config_t config = {};
    config.pin_pwdn = PINS.pwdn, config.pin_reset = PINS.reset, config.pin_xclk = PINS.xclk;
    config.pin_sccb_sda = PINS.sda, config.pin_sccb_scl = PINS.scl;
    config.pin_d7 = PINS.d7, config.pin_d6 = PINS.d6, config.pin_d5 = PINS.d5, config.pin_d4 = PINS.d4;
    config.pin_d3 = PINS.d3, config.pin_d2 = PINS.d2, config.pin_d1 = PINS.d1, config.pin_d0 = PINS.d0;
    config.pin_vsync = PINS.vsync, config.pin_href = PINS.href, config.pin_pclk = PINS.pclk;
    config.xclk_freq_hz = 20000000;
    config.ledc_timer = LEDC_TIMER_0;
    config.ledc_channel = LEDC_CHANNEL_0;
    config.pixel_format = PIXFORMAT_JPEG;
    config.jpeg_quality = 12;
    // the buffers are made for the size given here: the largest that will be asked for
    config.frame_size = is_psram_there_ ? FRAMESIZE_UXGA : FRAMESIZE_SVGA;
    config.fb_location = is_psram_there_ ? CAMERA_FB_IN_PSRAM : CAMERA_FB_IN_DRAM;
    // one for the frame that is posted, one for a capture meanwhile, one to be filled
    config.fb_count = is_psram_there_ ? 3 : 1;
    config.grab_mode = is_psram_there_ ? CAMERA_GRAB_LATEST : CAMERA_GRAB_WHEN_EMPTY;
    return esp_camera_init(&config) == ESP_OK;
  }

  static framesize_t driver_size(FrameSize size) {
    switch (size) {
      case FrameSize::qqvga: return FRAMESIZE_QQVGA;
      case FrameSize::qvga: return FRAMESIZE_QVGA;
      case FrameSize::cif: return FRAMESIZE_CIF;
      case FrameSize::vga: return FRAMESIZE_VGA;
      case FrameSize::xga: return FRAMESIZE_XGA;
      case FrameSize::hd: return FRAMESIZE_HD;
      case FrameSize::sxga: return FRAMESIZE_SXGA;
      case FrameSize::uxga: return FRAMESIZE_UXGA;
      case FrameSize::svga: break;
    }
    return FRAMESIZE_SVGA;
  }

  bool is_psram_there_ = false;
};

/// Why the board was started.
inline Start why_started() {
  switch (esp_reset_reason()) {
    case ESP_RST_BROWNOUT: return Start::brownout;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT: return Start::watchdog;
    case ESP_RST_PANIC: return Start::crash;
    default: return Start::power;
  }
}

}  // namespace lookout
