// Files get the hash of their content into their name, and smaller copies beside them; manifest.json tells who is who.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { STATIC } from "./places.js";

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);
const HASH_DIGITS = 12;
const COMPRESSED = /\.(css|js|svg|txt)$/;

function hashed(name, content) {
  const { name: stem, ext } = path.parse(name);
  return `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, HASH_DIGITS)}${ext}`;
}

/** Written beside and moved, so that nobody reads half a file. What has this name has this content: it may stay. */
async function write(name, make, { always = false } = {}) {
  const file = path.join(STATIC, name);
  if (always || !existsSync(file)) {
    await writeFile(`${file}.new`, await make());
    await rename(`${file}.new`, file);
  }
}

async function publishOne(name, content) {
  await write(name, () => content);
  if (!COMPRESSED.test(name)) {
    return [name];
  }
  await write(`${name}.gz`, () => gzip(content, { level: 9 }));
  await write(`${name}.br`, () => brotli(content, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
  return [name, `${name}.gz`, `${name}.br`];
}

export async function publish(files) {
  const manifest = Object.fromEntries([...files].map(([name, content]) => [name, hashed(name, content)]).sort());
  const written = await Promise.all([...files].map(([name, content]) => publishOne(manifest[name], content)));
  await write("manifest.json", () => `${JSON.stringify(manifest, null, 2)}\n`, { always: true });
  const wanted = new Set(["manifest.json", ...written.flat()]);
  const old = (await readdir(STATIC)).filter((name) => !wanted.has(name));
  await Promise.all(old.map((name) => rm(path.join(STATIC, name), { recursive: true })));
}
