// Where things are. Everything is said in paths from this file, so that it does not matter where the build is started.
import { globSync } from "node:fs";
import path from "node:path";

export const ASSETS = path.dirname(import.meta.dirname);
export const WEB = path.join(ASSETS, "../src/purveyor/web");
export const STATIC = path.join(WEB, "static");

export const TEMPLATES = globSync("templates/**/*.html", { cwd: WEB }).map((file) => path.join(WEB, file)).sort();
// The modules behind the pages: they name icons and classes too.
export const PAGES = globSync("{console,order_page,pages,storefront}/**/*.py", { cwd: WEB })
  .map((file) => path.join(WEB, file))
  .sort();
