// Of Tabler's style sheet only the rules that a page can use. Our own rules are never stripped.
import { readFile } from "node:fs/promises";
import { globSync } from "node:fs";
import path from "node:path";
import { PurgeCSS } from "purgecss";
import { ASSETS, PAGES, TEMPLATES } from "./places.js";

const SCRIPTS = globSync("js/*.js", { cwd: ASSETS }).map((file) => path.join(ASSETS, file));

// What stands in place of `{{ … }}` in a class like `bg-{{ word|tone }}-lt`.
const TONES = [
  "primary", "secondary", "success", "warning", "danger", "info", "light", "dark", "muted",
  "blue", "azure", "indigo", "purple", "pink", "red", "orange", "yellow", "lime", "green", "teal", "cyan",
];

// What scripts of Tabler and htmx write into the page.
const SAFE = {
  standard: ["active", "collapse", "collapsed", "collapsing", "disabled", "fade", "show", "showing", "hiding", "modal-open"],
  greedy: [/^modal-(backdrop|static)$/, /^collapse-horizontal$/, /data-bs-theme/, /data-bs-popper/, /^htmx-/],
};

/** Words that may be classes: every word, and every word with a hole in it, filled by each tone. */
function words(content) {
  const found = content.match(/[A-Za-z0-9_/:.-]*[A-Za-z0-9_-]/g) ?? [];
  const holes = [...content.matchAll(/([A-Za-z][A-Za-z0-9-]*-)\{\{.*?\}\}(-?[A-Za-z0-9-]*)/g)];
  return [...found, ...holes.flatMap(([, before, after]) => TONES.map((tone) => before + tone + after))];
}

async function purged(file) {
  const [{ css }] = await new PurgeCSS().purge({
    css: [{ raw: await readFile(file, "utf8") }],
    content: [...TEMPLATES, ...PAGES, ...SCRIPTS],
    extractors: [{ extractor: words, extensions: ["html", "py", "js"] }],
    safelist: SAFE,
    keyframes: true,
  });
  return css.replace(/\/\*# sourceMappingURL=.*?\*\//, "");
}

/** For esbuild: Tabler's file as it is read, once for all style sheets that import it. */
export function onlyWhatIsUsed() {
  const once = new Map();
  return {
    name: "only what is used",
    setup(build) {
      build.onLoad({ filter: /@tabler[\\/]core[\\/].*\.css$/ }, async ({ path: file }) => {
        if (!once.has(file)) {
          once.set(file, purged(file));
        }
        return { contents: await once.get(file), loader: "css" };
      });
    },
  };
}
