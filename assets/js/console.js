import "./shared.js";
import "htmx-ext-sse";
// The parts of Tabler that work by attributes (data-bs-toggle). All others stay out.
import "@tabler/core/js/src/bootstrap/collapse.ts";
import "@tabler/core/js/src/bootstrap/dropdown.ts";
import "@tabler/core/js/src/bootstrap/modal.ts";
import "@tabler/core/js/src/bootstrap/tab.ts";
import "./palette.js";
import "./new-order.js";
import "./charts-loader.js";
import "./scan.js";
import "./kept-form.js"; // last: it fills what the others have made ready
