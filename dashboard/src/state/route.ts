/** The page that the address names: `#/alerts/<id>?from=now`. The paths without `#` are the functions'. */
import { computed, signal } from "@preact/signals";
import { parse } from "../domain/address";

export { to } from "../domain/address";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export const route = computed(() => parse(hash.value));

export function go(address: string, replace = false): void {
  if (replace) {
    history.replaceState(history.state, "", address);
    hash.value = location.hash;
  } else {
    location.hash = address;
  }
}
