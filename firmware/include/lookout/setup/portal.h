/// The page on which a new board is told its Wi-Fi, its address and its key.
#pragma once

#include "lookout/net/server.h"
#include "lookout/setup/settings.h"

namespace lookout {

class Portal : public Handler {
 public:
  Portal(Store& store, const Settings& settings) : store_(store), settings_(settings) {}

  /// Whether good settings were saved: the board then restarts with them.
  [[nodiscard]] bool is_done() const { return is_done_; }

  void handle(const RequestReader& request, Incoming&, Reply& reply) override {
    if (request.method() == "POST" && request.path() == "/save") {
      save(request.body(), reply);
    } else if (request.method() == "GET" && request.path() == "/") {
      page({}, reply);
    } else if (request.method() == "GET") {
      // whatever a phone asks for to see whether it is online: this opens the page by itself
      reply.header << "Location: /\r\n";
      reply.say(302, "the page is at /");
    } else {
      reply.say(405, "only GET, and POST to /save");
    }
  }

 private:
  void save(std::string_view form, Reply& reply) {
    Settings wanted = settings_;
    const std::string_view problem = read_form(form, wanted);
    settings_ = wanted;
    if (!problem.empty()) {
      page(problem, reply);
      reply.status = 400;
    } else if (!lookout::save(store_, settings_)) {
      reply.say(503, "the settings could not be stored: erase the flash and try again");
    } else {
      is_done_ = true;
      reply.say(200, "Saved. The camera restarts and joins your Wi-Fi.");
    }
  }

  void page(std::string_view problem, Reply& reply) {
    reply.type = "text/html; charset=utf-8";
    Text<4096>& html = reply.text;
    html << "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Lookout camera</title>"
            "<style>body{font:16px sans-serif;max-width:30em;margin:2em auto;padding:0 1em}"
            "label{display:block;margin:1em 0}input{display:block;width:100%;padding:.4em}"
            "input[type=checkbox]{display:inline;width:auto}</style><h1>Lookout camera</h1>";
    if (!problem.empty()) {
      html << "<p role=alert><b>";
      append_escaped(html, problem);
      html << "</b></p>";
    }
    html << "<form method=post action=/save>";
    field(html, "wifi", "Wi-Fi (2.4 GHz)", settings_.wifi.view(), false, false);
    field(html, "password", "Its password", {}, true, !settings_.password.empty());
    field(html, "url", "Address", settings_.url.empty() ? "https://" : settings_.url.view(), false, false);
    field(html, "camera_id", "Camera id", settings_.camera_id.view(), false, false);
    field(html, "key", "Its key", {}, true, !settings_.key.empty());
    tick(html, "pan_reversed", "Pan servo mounted the other way", settings_.pan_reversed);
    tick(html, "tilt_reversed", "Tilt servo mounted the other way", settings_.tilt_reversed);
    html << "<button>Save</button></form></html>";
  }

  static void field(Text<4096>& html, std::string_view name, std::string_view label, std::string_view value, bool secret,
                    bool is_set) {
    html << "<label>" << label << "<input name=" << name << (secret ? " type=password autocomplete=off" : "") << " value=\"";
    append_escaped(html, value);
    html << "\"" << (is_set ? " placeholder='as before'" : "") << "></label>";
  }

  static void tick(Text<4096>& html, std::string_view name, std::string_view label, bool on) {
    html << "<label><input type=checkbox name=" << name << (on ? " checked" : "") << "> " << label << "</label>";
  }

  Store& store_;
  Settings settings_;
  bool is_done_ = false;
};

}  // namespace lookout
