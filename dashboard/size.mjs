// Fails the build when what a browser loads before the first page is larger than it may be.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST = 200 * 1024;
// what everybody loads: the shell, signing in, and the page of alerts with the stores that it reads
const FIRST = ["index.html", "src/pages/now/NowPage.tsx"];

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
const files = new Set();

function collect(name) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`${name} is no chunk of its own: mend size.mjs`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) collect(imported);
}

for (const name of FIRST) collect(name);
const sizes = [...files].map((file) => [file, gzipSync(readFileSync(`dist/${file}`)).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [file, size] of sizes) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`);
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  first load, gzipped; at most ${MOST / 1024} KB`);
if (total > MOST) process.exit(1);
