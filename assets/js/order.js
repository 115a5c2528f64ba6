import "./shared.js";
import "htmx-ext-sse";

// A download leaves the page where it is, so its button works again after a moment; the count comes by the live events.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-download]")) {
    const form = event.target;
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) {
        button.disabled = false;
        button.classList.remove("btn-loading");
      }
      const key = form.querySelector('input[name="key"]');
      key.value = `${Date.now()}-${Math.random()}`;
    }, 2000);
  }
});
