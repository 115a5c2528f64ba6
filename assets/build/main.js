// `make assets`: from assets/ and the names that pages use to src/purveyor/web/static/, every file with its hash in its name.
import { mkdir, readFile, readdir } from "node:fs/promises";
import { bundle } from "./bundle.js";
import { sprite } from "./icons.js";
import { licenses } from "./licenses.js";
import { publish } from "./publish.js";
import { ASSETS, STATIC } from "./places.js";

async function pictures() {
  const folder = `${ASSETS}/pictures`;
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(`${folder}/${name}`)])));
}

await mkdir(STATIC, { recursive: true });
const { files, sources } = await bundle();
for (const [name, content] of await pictures()) {
  files.set(name, content);
}
files.set("icons.svg", Buffer.from(await sprite()));
files.set("licenses.txt", Buffer.from(await licenses([...sources, "node_modules/@tabler/icons/icons.json"])));
await publish(files);
