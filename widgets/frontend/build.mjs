// Builds ../static/hornbook.js and ../static/hornbook.css: the same bytes from the same sources, wherever they lie.
import { readFileSync, readdirSync, appendFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static");

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { hornbook: "src/index.tsx" },
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  supported: { nesting: false },
  jsx: "automatic",
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  metafile: true,
  preserveSymlinks: true, // a linked node_modules gives the same bytes as one in place
  logLevel: "warning",
});

// The licences of what is in the bundle ask that their text goes with it: each text once, with the packages under it.
function packagesIn(files) {
  const found = files.flatMap((file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []);
  return [...new Set(found)].sort();
}

function licence(name) {
  const folder = join(here, "node_modules", name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return file === undefined ? "" : readFileSync(join(folder, file), "utf8").replace(/\r/g, "").trim();
}

const texts = new Map();
for (const name of packagesIn(Object.keys(metafile.inputs))) {
  const { version, license } = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8"));
  const text = licence(name);
  const copyright = text.split("\n").filter((line) => /^\s*copyright/i.test(line)).map((line) => line.trim());
  const body = text.split("\n").filter((line) => !/^\s*(copyright|the mit license|mit license|isc license)/i.test(line));
  const key = body.join(" ").replace(/\s+/g, " ").trim() || String(license);
  const holders = texts.get(key) ?? [];
  texts.set(key, [...holders, `${name} ${version} (${license}) ${copyright.join("; ")}`.trim()]);
}
const notices = [...texts].map(([text, holders]) => `${holders.join("\n")}\n${text}`).join("\n\n");
appendFileSync(join(target, "hornbook.js"), `/*! Contains\n${notices.replaceAll("*/", "* /")}\n*/\n`);

for (const file of ["hornbook.js", "hornbook.css"]) {
  console.log(`${file} ${(statSync(join(target, file)).size / 1000).toFixed(0)} kB`);
}
