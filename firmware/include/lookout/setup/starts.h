/// Three short starts in a row open the portal again: a board has no button that could be pressed for it.
#pragma once

#include "lookout/setup/settings.h"

namespace lookout {

constexpr std::uint32_t STARTS_FOR_PORTAL = 3;
/// A start that lasted longer than this counts as a good one.
constexpr std::int64_t SETTLED_US = 10 * 1000 * 1000;

/// Counts this start. Whether the portal was asked for; the count then begins anew.
inline bool is_portal_asked_for(Store& store) {
  Text<256> text;
  std::uint32_t starts = 0;
  store.get("starts", text);
  read_number(text.view(), STARTS_FOR_PORTAL, starts);
  const bool asked = ++starts >= STARTS_FOR_PORTAL;
  store.put("starts", (Text<8>() << (asked ? 0U : starts)).view());
  return asked;
}

/// The board has been on for `SETTLED_US`.
inline void settle(Store& store) { store.put("starts", "0"); }

}  // namespace lookout
