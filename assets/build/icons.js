// One picture with the icons that pages name: `<use href="/static/icons-….svg#truck">`. `star-filled` is the filled star.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ASSETS, PAGES, TEMPLATES } from "./places.js";

const ICONS = path.join(ASSETS, "node_modules/@tabler/icons/icons");
const QUOTED = /(["'])([a-z0-9]+(?:-[a-z0-9]+)*)\1/g;
const CALLED = /\bicon\(\s*(["'])([^"']*)\1\s*[,)]/g;

function fileOf(name) {
  const file = name.endsWith("-filled") ? `filled/${name.slice(0, -"-filled".length)}.svg` : `outline/${name}.svg`;
  return path.join(ICONS, file);
}

/** Names of icons: what `icon("…")` asks for must be there; of other quoted words those that are icons. */
async function named() {
  const names = new Set();
  const unknown = [];
  for (const file of [...TEMPLATES, ...PAGES]) {
    const text = await readFile(file, "utf8");
    for (const [, , name] of text.matchAll(CALLED)) {
      if (!existsSync(fileOf(name))) {
        unknown.push(`${path.relative(process.cwd(), file)}: icon("${name}")`);
      }
    }
    for (const [, , name] of text.matchAll(QUOTED)) {
      if (existsSync(fileOf(name))) {
        names.add(name);
      }
    }
  }
  if (unknown.length) {
    throw new Error(`Tabler has no such icon (see https://tabler.io/icons):\n  ${unknown.join("\n  ")}`);
  }
  return [...names].sort();
}

async function symbol(name) {
  const svg = await readFile(fileOf(name), "utf8");
  const inside = svg
    .slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>"))
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "")
    .replace(/\s+/g, " ")
    .replace(/ ?\/>/g, "/>")
    .replaceAll("> <", "><")
    .trim();
  // How thick a line is, is said by the page's style.
  const paint = name.endsWith("-filled")
    ? 'fill="currentColor" stroke="none"'
    : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inside}</symbol>`;
}

export async function sprite() {
  const symbols = await Promise.all((await named()).map(symbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}
