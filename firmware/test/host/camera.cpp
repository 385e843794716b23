// The whole camera as a program: the firmware's logic on this computer's sockets, with photos for a sensor.
//
//   build/camera --store FILE [--port N] [--roots FILE] [--update-key FILE --update-to FILE] PHOTO…
//
// FILE keeps what a board keeps in its flash. While it holds no good settings, the portal is served. Every line of
// the serial port goes to the standard output, and so do the pins: `pin light 255`, `pin pan 1500`, `sensor SVGA`.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

#include "lookout/camera/camera.h"
#include "lookout/camera/commands.h"
#include "lookout/net/tls.h"
#include "lookout/setup/portal.h"
#include "lookout/setup/roots.h"
#include "lookout/setup/update.h"

namespace {

using namespace lookout;

std::atomic<bool> is_over{false};

/// Somebody pulled the plug.
struct Over {};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// `name=value` lines.
class FileStore : public Store {
 public:
  explicit FileStore(std::string path) : path_(std::move(path)) {
    std::istringstream lines(contents(path_));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t equals = line.find('=');
      if (equals != std::string::npos) values_[line.substr(0, equals)] = line.substr(equals + 1);
    }
  }
  void get(std::string_view name, Text<256>& value) override { value = values_[std::string(name)]; }
  bool put(std::string_view name, std::string_view value) override {
    values_[std::string(name)] = value;
    std::ofstream file(path_);
    for (const auto& [key, text] : values_) file << key << "=" << text << "\n";
    return file.good();
  }

 private:
  std::string path_;
  std::map<std::string, std::string> values_;
};

class Computer : public Board {
 public:
  explicit Computer(const std::vector<std::string>& photos) {
    for (const std::string& path : photos) photos_.push_back(contents(path));
    // as on a board that stood still: what lies in the queue is of long ago
    for (int old = 0; old < 3; ++old) queue_.push_back(-60 * 1000 * 1000);
  }

  std::int64_t now_us() override {
    const auto since = std::chrono::steady_clock::now() - started_;
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
  void sleep_ms(std::uint32_t milliseconds) override { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }
  void alive() override {
    if (is_over && std::this_thread::get_id() == main_thread_) throw Over();
  }
  std::uint32_t random() override { return device_(); }
  void say(std::string_view line) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::cout << line << std::endl;
  }

  bool take(Frame& frame) override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (photos_.empty()) return false;
    std::int64_t taken_us = 0;
    if (queue_.empty()) {
      taken_us = now_us();
      lock.unlock();
      sleep_ms(40);
      lock.lock();
    } else {
      taken_us = queue_.front();
      queue_.pop_front();
    }
    const std::string& photo = photos_[next_];
    if (taken_us >= 0) next_ = (next_ + 1) % photos_.size();
    // a copy of its own for each that is out: what is used after it was given back is found
    auto copy = std::make_unique<std::string>(photo);
    frame = {reinterpret_cast<const std::uint8_t*>(copy->data()), copy->size(), taken_us, copy.get()};
    out_[copy.get()] = std::move(copy);
    return true;
  }
  void give_back(const Frame& frame) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    out_.erase(frame.buffer);
  }

  void set_size(FrameSize size) override { say((Text<32>() << "sensor " << name_of(size)).view()); }
  void set_light(std::uint8_t level) override { say((Text<32>() << "pin light " << static_cast<int>(level)).view()); }
  void set_pulse(Axis axis, std::uint32_t microseconds) override {
    say((Text<32>() << "pin " << (axis == Axis::pan ? "pan " : "tilt ") << microseconds).view());
  }
  bool has_light() override { return true; }
  bool has_servos() override { return true; }
  bool has_psram() override { return true; }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::random_device device_;
  std::mutex mutex_;
  std::vector<std::string> photos_;
  std::deque<std::int64_t> queue_;
  std::map<void*, std::unique_ptr<std::string>> out_;
  std::thread::id main_thread_ = std::this_thread::get_id();
  std::size_t next_ = 0;
};

class FileFlash : public Flash {
 public:
  explicit FileFlash(std::string path) : path_(std::move(path)) {}
  bool begin(std::uint32_t) override {
    file_.open(path_ + ".part", std::ios::binary | std::ios::trunc);
    return file_.good();
  }
  bool write(std::string_view bytes) override { return file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).good(); }
  bool finish() override {
    file_.close();
    return std::rename((path_ + ".part").c_str(), path_.c_str()) == 0;
  }
  void abort() override { file_.close(); }

 private:
  std::string path_;
  std::ofstream file_;
};

struct Words {
  std::string store, roots, update_key, update_to;
  std::uint16_t port = 0;
  std::vector<std::string> photos;
};

Words read_words(int count, char** given) {
  Words words;
  for (int at = 1; at < count; ++at) {
    const std::string word = given[at];
    const std::string value = at + 1 < count ? given[at + 1] : "";
    if (word.substr(0, 2) != "--") {
      words.photos.push_back(word);
      continue;
    }
    if (word == "--store") words.store = value;
    if (word == "--roots") words.roots = contents(value);
    if (word == "--update-key") words.update_key = contents(value);
    if (word == "--update-to") words.update_to = value;
    if (word == "--port") words.port = static_cast<std::uint16_t>(std::stoul(value));
    ++at;
  }
  return words;
}

void set_up(Board& board, Store& store, Server& server) {
  Portal portal(store, load(store));
  board.say((Text<96>() << message::PORTAL << "http://127.0.0.1:" << static_cast<std::uint32_t>(server.port())).view());
  while (!portal.is_done() && !is_over) server.serve(portal, 100, RequestReader::MOST_PORTAL_HEAD);
  board.say(message::SAVED);
}

}  // namespace

int main(int count, char** given) {
  std::signal(SIGTERM, [](int) { is_over = true; });
  const Words words = read_words(count, given);
  Computer board(words.photos);
  FileStore store(words.store);
  Server server;
  if (!server.open(words.port, "127.0.0.1")) return 1;
  if (!problem_with(load(store)).empty()) set_up(board, store, server);

  const Settings settings = load(store);
  const Identity identity = identity_of(settings);
  State state(board, settings.pan_reversed ? -1 : 1, settings.tilt_reversed ? -1 : 1);
  state.begin();
  FileFlash flash(words.update_to);
  SignedUpdate update(flash, words.update_key.c_str(), "host", 1);
  Commands commands(board, state, words.update_key.empty() ? nullptr : &update);
  std::thread serving([&] {
    while (!is_over) {
      server.serve(commands, 100, RequestReader::MOST_HEAD, words.update_key.empty() ? "" : Commands::UPDATE);
      if (update.is_done()) {
        board.say(message::UPDATED);
        is_over = true;
      }
    }
  });
  board.say((Text<96>() << message::READY << "127.0.0.1:" << static_cast<std::uint32_t>(server.port())).view());

  TcpLink tcp;
  TlsLink tls(words.roots.empty() ? ROOTS : words.roots.c_str());
  Link& link = identity.address.tls ? static_cast<Link&>(tls) : tcp;
  Poster poster(board, link, identity);
  Camera camera(board, poster, state);
  try {
    while (!is_over) camera.step();
  } catch (const Over&) {
    board.say("unplugged");
  }
  serving.join();
  return 0;
}
