/// Every line that the serial port may say, but for names and numbers in it. The README explains each.
#pragma once

#include <string_view>

#include "lookout/camera/patience.h"

namespace lookout {

/// Why the board started, as far as it matters.
enum class Start { power, watchdog, brownout, crash };

namespace message {
constexpr std::string_view NO_PSRAM = "no PSRAM: frames of SVGA at most, one at a time";
constexpr std::string_view NO_CAMERA = "the camera module does not answer: check its ribbon cable; trying again in 10 s";
constexpr std::string_view BROWNOUT = "restarted because the supply voltage fell: use 5 V with 1 A or more, a short cable, and a supply of their own for the servos";
constexpr std::string_view WATCHDOG = "restarted by the watchdog: something did not come back in time";
constexpr std::string_view CRASH = "restarted after a fault in the firmware";
constexpr std::string_view PORTAL = "not set up yet: join the Wi-Fi ";
constexpr std::string_view SAVED = "settings saved; restarting";
constexpr std::string_view NO_WIFI = "no Wi-Fi: is the name right, the password, is it 2.4 GHz?";
constexpr std::string_view READY = "ready, at http://";
constexpr std::string_view JUDGED = "judged: ";
constexpr std::string_view NO_FRAME = "no fresh frame from the sensor";
constexpr std::string_view DROPPED = "dropped a frame that waited too long";
constexpr std::string_view UNREACHABLE = "cannot reach the server";
constexpr std::string_view UNTRUSTED = "the server's certificate is not signed by a pinned root";
constexpr std::string_view GARBLED = "the answer is none of Lookout's: is the address right?";
constexpr std::string_view REFUSED = "the server refuses the frame: ";
constexpr std::string_view STRANGER = "the server does not know this camera, or it is disabled: check id and key";
constexpr std::string_view TOO_LARGE = "the frame is too large: a smaller size from now on";
constexpr std::string_view TOO_MANY = "too many frames";
constexpr std::string_view UNAVAILABLE = "the server is not available";
constexpr std::string_view UPDATE_REFUSED = "update refused: ";
constexpr std::string_view UPDATED = "updated; restarting";
}  // namespace message

inline std::string_view message_of(Start start) {
  switch (start) {
    case Start::brownout: return message::BROWNOUT;
    case Start::watchdog: return message::WATCHDOG;
    case Start::crash: return message::CRASH;
    case Start::power: break;
  }
  return {};
}

inline std::string_view message_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::unreachable: return message::UNREACHABLE;
    case Outcome::untrusted: return message::UNTRUSTED;
    case Outcome::garbled: return message::GARBLED;
    case Outcome::refused: return message::REFUSED;
    case Outcome::stranger: return message::STRANGER;
    case Outcome::too_large: return message::TOO_LARGE;
    case Outcome::too_many: return message::TOO_MANY;
    case Outcome::unavailable: return message::UNAVAILABLE;
    case Outcome::judged: break;
  }
  return message::JUDGED;
}

}  // namespace lookout
