// What every page does: nothing is sent twice, what cannot be taken back is asked first, small conveniences.
import htmx from "htmx.org";
import "./field-errors.js";

window.htmx = htmx; // its extensions look for it there

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf();
});

// A form is sent once. When the browser comes back to the page, its buttons work again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    ask(form);
    return;
  }
  if (form.getAttribute("method") === "post") { // a field may be called `method`, and hides the form's own
    requestAnimationFrame(() => {
      for (const button of form.querySelectorAll('button[type="submit"], button:not([type])')) {
        button.disabled = true;
        button.classList.add("btn-loading");
      }
    });
  }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".btn-loading")) {
    button.disabled = false;
    button.classList.remove("btn-loading");
  }
});

function ask(form) {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  const text = document.createElement("p");
  text.textContent = form.dataset.confirm;
  const yes = document.createElement("button");
  yes.className = "btn btn-danger";
  yes.textContent = form.querySelector("button")?.textContent.trim() || "OK";
  const no = document.createElement("button");
  no.className = "btn";
  no.textContent = document.documentElement.lang === "de" ? "Abbrechen" : document.documentElement.lang === "en" ? "Cancel" : "Cancelar";
  const buttons = document.createElement("div");
  buttons.className = "btn-list justify-content-end";
  buttons.append(no, yes);
  dialog.append(text, buttons);
  document.body.append(dialog);
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit();
  });
  dialog.showModal();
}

// A choice that is its own form.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) {
    event.target.form.requestSubmit();
  }
  const all = event.target.closest("[data-check-all]");
  if (all) {
    for (const box of all.form.querySelectorAll(`input[name="${all.dataset.checkAll}"]`)) {
      box.checked = all.checked;
    }
  }
});

// Dark or light: remembered as a cookie, so that the next page comes in it.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) {
    const theme = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    document.documentElement.dataset.bsTheme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy).then(() => copy.classList.add("copied"));
  }
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

// What was unfolded stays so when its part of the page is loaded again, and is printed with the rest.
let unfolded = [];
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  unfolded = [...detail.target.querySelectorAll("details[id][open]")].map((each) => each.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) {
    document.getElementById(id)?.setAttribute("open", "");
  }
  unfolded = [];
});
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details.more").forEach((each) => each.setAttribute("open", ""));
});

// A filter form does not send its empty fields, so that the address stays short.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-filters]")) {
    for (const field of event.target.elements) {
      if (field.name && !field.value) {
        field.disabled = true;
        setTimeout(() => (field.disabled = false), 500);
      }
    }
  }
});
