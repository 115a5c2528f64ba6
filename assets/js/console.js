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

// Groups of the menu that somebody opens stay open on every page: kept in a cookie, so that the next page comes so.
document.addEventListener("click", (event) => {
  const group = event.target.closest("details[data-menu] > summary")?.parentElement;
  if (group) {
    group.toggleAttribute("data-kept", !group.open); // the click comes before it opens or closes
    const kept = [...document.querySelectorAll("details[data-menu][data-kept]")].map((each) => each.dataset.menu);
    document.cookie = `menu=${kept.join(".")}; path=/; max-age=31536000; samesite=lax`;
  }
});
