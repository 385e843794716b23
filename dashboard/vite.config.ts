import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** The stack that `scripts/dev --watch` runs: what its Hosting answers, Vite passes on to it. */
const stack = process.env.LOOKOUT_SITE;

function passedOn(site: string): Record<string, string> {
  const { hosting } = JSON.parse(readFileSync("../firebase.json", "utf8")) as {
    hosting: { rewrites: { source: string }[] };
  };
  const paths = hosting.rewrites.map(({ source }) => source.replace("{,/**}", ""));
  return Object.fromEntries([...paths, "/__/", "/emulators.json"].map((path) => [path, site]));
}

export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    outDir: "dist",
    // the page's Content-Security-Policy has no data: for pictures or fonts
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
  },
  server: stack ? { host: "127.0.0.1", proxy: passedOn(stack) } : {},
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
