/// Which pin is what, for each board of `platformio.ini`. -1: the board has none.
#pragma once

namespace lookout {

struct Pins {
  int pwdn, reset, xclk, sda, scl;
  int d7, d6, d5, d4, d3, d2, d1, d0, vsync, href, pclk;
  int light, pan, tilt;
};

#if defined(LOOKOUT_ESP32CAM)
constexpr const char* BOARD = "esp32cam";
// AI-Thinker. 13 and 14 belong to the SD card's slot, which is not used
constexpr Pins PINS = {32, -1, 0, 26, 27, 35, 34, 39, 36, 21, 19, 18, 5, 25, 23, 22, 4, 13, 14};
#elif defined(LOOKOUT_ESP32S3CAM)
constexpr const char* BOARD = "esp32s3cam";
// Freenove's ESP32-S3 WROOM and the boards that share the camera's pins with the ESP32-S3-EYE
constexpr Pins PINS = {-1, -1, 15, 4, 5, 16, 17, 18, 12, 10, 8, 9, 11, 6, 7, 13, -1, 14, 21};
#elif defined(LOOKOUT_XIAO_ESP32S3)
constexpr const char* BOARD = "xiao_esp32s3";
// Seeed's XIAO ESP32S3 Sense: D0 and D1
constexpr Pins PINS = {-1, -1, 10, 40, 39, 48, 11, 12, 14, 16, 18, 17, 15, 38, 47, 13, -1, 1, 2};
#else
#error "Which board? Build one of the environments of platformio.ini."
#endif

}  // namespace lookout
