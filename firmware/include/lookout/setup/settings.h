/// What the owner typed into the portal: Wi-Fi, address, camera id and key. Checked here, kept in the board's flash.
#pragma once

#include "lookout/camera/poster.h"
#include "lookout/http/query.h"

namespace lookout {

/// A place for small texts that survives a restart.
struct Store {
  virtual ~Store() = default;
  virtual void get(std::string_view name, Text<256>& value) = 0;
  virtual bool put(std::string_view name, std::string_view value) = 0;
};

struct Settings {
  Text<32> wifi;
  Text<63> password;
  Text<200> url;
  Text<64> camera_id;
  Text<128> key;
  bool pan_reversed = false, tilt_reversed = false;
};

inline bool is_private_address(std::string_view host) {
  std::array<std::uint32_t, 4> parts{};
  for (std::size_t at = 0; at < parts.size(); ++at) {
    const std::size_t dot = host.find('.');
    if ((dot == std::string_view::npos) != (at == 3) || !read_number(host.substr(0, dot), 255, parts[at])) return false;
    host.remove_prefix(at == 3 ? host.size() : dot + 1);
  }
  return parts[0] == 10 || parts[0] == 127 || (parts[0] == 192 && parts[1] == 168) ||
         (parts[0] == 172 && parts[1] >= 16 && parts[1] < 32);
}

/// `https://host[:port]/path`; `http://` to a private address only, since the key goes along. False for anything else.
inline bool read_url(std::string_view url, Address& address) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  address.tls = url.substr(0, scheme) == "https";
  if (!address.tls && url.substr(0, scheme) != "http") return false;
  for (const unsigned char letter : url) {
    if (letter <= ' ' || letter > '~') return false;
  }
  url.remove_prefix(scheme + 3);
  const std::size_t slash = url.find('/');
  std::string_view host = url.substr(0, slash);
  address.path = slash == std::string_view::npos ? "/detect" : url.substr(slash);
  if (address.path.view() == "/") address.path = "/detect";
  const std::size_t colon = host.find(':');
  std::uint32_t port = address.tls ? 443 : 80;
  if (colon != std::string_view::npos && !read_number(host.substr(colon + 1), 65535, port)) return false;
  host = host.substr(0, colon);
  for (const char letter : host) {
    const char low = lower(letter);
    if (!is_digit(low) && (low < 'a' || low > 'z') && low != '.' && low != '-') return false;
  }
  address.port = static_cast<std::uint16_t>(port);
  address.host = host;
  const bool fits = !address.host.empty() && !address.host.is_cut() && !address.path.is_cut() && port > 0;
  return fits && (address.tls || is_private_address(host));
}

inline bool is_camera_id(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = lower(text[at]);
    const bool plain = is_digit(letter) || (letter >= 'a' && letter <= 'z');
    if (!plain && (at == 0 || (letter != '_' && letter != '-'))) return false;
  }
  return !text.empty() && text.size() <= 64;
}

inline bool is_key(std::string_view text) {
  for (const unsigned char letter : text) {
    if (letter <= ' ' || letter > '~') return false;
  }
  return text.size() >= 16 && text.size() <= 128;
}

/// What is wrong with the settings, for their owner; empty when nothing is.
inline std::string_view problem_with(const Settings& settings) {
  Address address;
  if (settings.wifi.empty()) return "The name of the Wi-Fi is missing.";
  if (settings.password.size() > 0 && settings.password.size() < 8) return "A Wi-Fi password has 8 to 63 letters.";
  if (!read_url(settings.url.view(), address)) return "The address must be like https://my-house.web.app/detect.";
  if (!is_camera_id(settings.camera_id.view())) return "The camera's id has up to 64 letters, digits, _ and -.";
  if (!is_key(settings.key.view())) return "The key is not as Lookout showed it: 43 letters without a space.";
  return {};
}

inline Identity identity_of(const Settings& settings) {
  Identity identity;
  read_url(settings.url.view(), identity.address);
  identity.camera_id = settings.camera_id.view();
  identity.key = settings.key.view();
  return identity;
}

/// Reads what was stored; of nothing stored, `problem_with` says what is missing.
inline Settings load(Store& store) {
  Settings settings;
  Text<256> text;
  const auto read = [&](std::string_view name) {
    text.clear();
    store.get(name, text);
    return text.view();
  };
  settings.wifi = read("wifi");
  settings.password = read("password");
  settings.url = read("url");
  settings.camera_id = read("camera_id");
  settings.key = read("key");
  settings.pan_reversed = read("pan_reversed") == "1";
  settings.tilt_reversed = read("tilt_reversed") == "1";
  return settings;
}

inline bool save(Store& store, const Settings& settings) {
  return store.put("wifi", settings.wifi.view()) && store.put("password", settings.password.view()) &&
         store.put("url", settings.url.view()) && store.put("camera_id", settings.camera_id.view()) &&
         store.put("key", settings.key.view()) && store.put("pan_reversed", settings.pan_reversed ? "1" : "0") &&
         store.put("tilt_reversed", settings.tilt_reversed ? "1" : "0");
}

/// The settings of a posted form. A secret that was left empty keeps its old value: the page does not show it.
/// Returns what is wrong with them; empty when nothing is.
inline std::string_view read_form(std::string_view form, Settings& settings) {
  bool fits = true;
  const auto read = [&](std::string_view name, auto& place, bool keeps) {
    auto value = place;
    const Found found = query_value(form, name, value);
    if (found == Found::bad) fits = false;
    if (found == Found::good && !(keeps && value.empty())) place = value;
  };
  read("wifi", settings.wifi, false);
  read("password", settings.password, true);
  read("url", settings.url, false);
  read("camera_id", settings.camera_id, false);
  read("key", settings.key, true);
  Text<8> tick;
  settings.pan_reversed = query_value(form, "pan_reversed", tick) == Found::good;
  settings.tilt_reversed = query_value(form, "tilt_reversed", tick) == Found::good;
  return fits ? problem_with(settings) : "One of the values is too long, or has letters that cannot be.";
}

}  // namespace lookout
