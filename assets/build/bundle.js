// Scripts and styles: every file of js/ and css/ that is named here becomes one file, with all that it imports.
import * as esbuild from "esbuild";
import path from "node:path";
import { onlyWhatIsUsed } from "./styles.js";
import { ASSETS } from "./places.js";

const SCRIPTS = ["theme.js", "storefront.js", "order.js", "console.js"];
const MODULES = ["charts.js"]; // loaded by import() where there is a chart
const STYLES = ["storefront.css", "order.css", "console.css"];

const SETTINGS = {
  absWorkingDir: ASSETS,
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  outdir: "out",
  target: ["chrome109", "firefox115", "safari16.4"],
  legalComments: "none", // licenses.txt has them whole
  logLevel: "warning",
  // Fields without a value are types only, and must not empty what the parent's constructor has set.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
};

/** The built files by name, and the paths of everything that went into them. */
export async function bundle() {
  const built = await Promise.all([
    esbuild.build({ ...SETTINGS, entryPoints: SCRIPTS.map((name) => `js/${name}`), format: "iife" }),
    esbuild.build({ ...SETTINGS, entryPoints: MODULES.map((name) => `js/${name}`), format: "esm" }),
    esbuild.build({ ...SETTINGS, entryPoints: STYLES.map((name) => `css/${name}`), plugins: [onlyWhatIsUsed()] }),
  ]);
  const files = new Map();
  const sources = new Set();
  for (const { outputFiles, metafile } of built) {
    outputFiles.forEach((file) => files.set(path.basename(file.path), Buffer.from(file.contents)));
    Object.keys(metafile.inputs).forEach((source) => sources.add(source));
  }
  return { files, sources };
}
