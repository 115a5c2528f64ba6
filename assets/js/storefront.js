import "./shared.js";
import "@tabler/core/js/src/bootstrap/collapse.ts";
