/// A picture of the sensor: its size, its age, whether it is whole.
#pragma once

#include "lookout/text.h"

namespace lookout {

/// By name everywhere: esp32-camera renumbered its frame sizes in v2.0.14. In order of their pixels.
enum class FrameSize { qqvga, qvga, cif, vga, svga, xga, hd, sxga, uxga };

constexpr std::array<std::string_view, 9> FRAME_SIZE_NAMES = {"QQVGA", "QVGA", "CIF",  "VGA", "SVGA",
                                                              "XGA",   "HD",   "SXGA", "UXGA"};

inline std::string_view name_of(FrameSize size) { return FRAME_SIZE_NAMES[static_cast<std::size_t>(size)]; }

/// False when there is no size of that name.
inline bool read_frame_size(std::string_view name, FrameSize& size) {
  for (std::size_t at = 0; at < FRAME_SIZE_NAMES.size(); ++at) {
    if (!same_letters(name, FRAME_SIZE_NAMES[at])) continue;
    size = static_cast<FrameSize>(at);
    return true;
  }
  return false;
}

inline FrameSize smaller(FrameSize one, FrameSize other) { return one < other ? one : other; }

/// The next smaller size; the smallest stays.
inline FrameSize one_less(FrameSize size) {
  return size == FrameSize::qqvga ? size : static_cast<FrameSize>(static_cast<int>(size) - 1);
}

/// Bytes that belong to the camera's driver until they are given back; `taken_us` by the board's clock.
struct Frame {
  const std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  std::int64_t taken_us = 0;
  void* buffer = nullptr;
};

/// Without the zeros that some drivers leave behind the end; of size 0 when it is no whole JPEG. The server refuses
/// what was cut short, so it is not worth the way there.
inline std::size_t jpeg_size(const Frame& frame) {
  const std::uint8_t* bytes = frame.bytes;
  std::size_t size = frame.size;
  while (size > 0 && bytes[size - 1] == 0) --size;
  const bool is_whole = size >= 4 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[size - 2] == 0xFF && bytes[size - 1] == 0xD9;
  return is_whole ? size : 0;
}

}  // namespace lookout
