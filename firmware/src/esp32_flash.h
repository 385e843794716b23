/// What the board keeps: its settings in NVS, a new firmware in the partition that does not run.
#pragma once

#include <Preferences.h>
#include <esp_ota_ops.h>

#include "lookout/setup/settings.h"
#include "lookout/setup/update.h"

namespace lookout {

class NvsStore : public Store {
 public:
  bool begin() { return preferences_.begin("lookout", false); }

  void get(std::string_view name, Text<256>& value) override {
    char text[257] = {};
    if (preferences_.isKey(Text<15>(name).c_str())) preferences_.getString(Text<15>(name).c_str(), text, sizeof text);
    value = text;
  }

  bool put(std::string_view name, std::string_view value) override {
    // what did not change is not written again: flash wears out
    Text<256> before;
    get(name, before);
    if (!value.empty() && before.view() == value) return true;
    return preferences_.putString(Text<15>(name).c_str(), Text<256>(value).c_str()) == value.size();
  }

 private:
  Preferences preferences_;
};

class OtaFlash : public Flash {
 public:
  bool begin(std::uint32_t size) override {
    partition_ = esp_ota_get_next_update_partition(nullptr);
    return partition_ != nullptr && size <= partition_->size && esp_ota_begin(partition_, size, &handle_) == ESP_OK;
  }
  bool write(std::string_view bytes) override { return esp_ota_write(handle_, bytes.data(), bytes.size()) == ESP_OK; }
  bool finish() override { return esp_ota_end(handle_) == ESP_OK && esp_ota_set_boot_partition(partition_) == ESP_OK; }
  void abort() override { esp_ota_abort(handle_); }

 private:
  const esp_partition_t* partition_ = nullptr;
  esp_ota_handle_t handle_ = 0;
};

}  // namespace lookout
