// The licenses of everything from npm that stands in the built files: they ask to be passed on with it.
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ASSETS } from "./places.js";

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;

async function notice(name) {
  const folder = path.join(ASSETS, "node_modules", name);
  const { version, license, author, homepage } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const texts = globSync(["{LICENSE,NOTICE,license}*", "licenses/*"], { cwd: folder, exclude: ["licenses"] }).sort();
  const whole = await Promise.all(texts.map((file) => readFile(path.join(folder, file), "utf8")));
  const by = (typeof author === "object" ? author.name : author) ?? "its authors";
  const head = `${name} ${version}, by ${by}: ${license ?? "see below"}. ${homepage ?? ""}`.trim();
  return [head, ...whole.map((text) => text.trim())].join("\n\n");
}

export async function licenses(sources) {
  const names = new Set(sources.map((source) => PACKAGE.exec(source)?.[1]).filter(Boolean));
  const notices = await Promise.all([...names].sort().map(notice));
  return `${notices.join(`\n\n${"-".repeat(72)}\n\n`)}\n`;
}
