// Ctrl-K: a dialog with a search field; arrows choose, Enter goes there.
const palette = document.getElementById("palette");

function open() {
  if (palette && !palette.open) {
    palette.showModal();
    const field = palette.querySelector("input");
    field.select();
    window.htmx.trigger(field, "palette");
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  }
  if (palette?.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const links = [...palette.querySelectorAll("a")];
    if (links.length) {
      event.preventDefault();
      const here = links.indexOf(document.activeElement);
      const next = event.key === "ArrowDown" ? here + 1 : here - 1;
      (links[next] ?? palette.querySelector("input")).focus();
    }
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) {
    open();
  } else if (event.target === palette) {
    palette.close();
  }
});
palette?.querySelector("form").addEventListener("submit", (event) => {
  const first = palette.querySelector("a");
  if (first) {
    event.preventDefault();
    window.location.assign(first.href);
  }
});
