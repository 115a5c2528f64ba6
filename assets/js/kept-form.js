// What was typed outlives the session. A form that is answered by the door (sign in, confirm the password) is back on
// its page after that, as it was typed, for the same person in the same tab. Nothing is sent by itself: no token, no
// password and no file is kept, and whoever typed it looks at it and sends it.
const PLACE = "purveyor-typed";
const LONGEST = 500_000; // characters
const KEPT_MS = 12 * 3600 * 1000;
const OURS = ["csrf_token", "key"];
const NEVER = ["password", "file", "submit", "button", "image", "reset"];
const MOVING = ["seen", "before", "next"]; // hidden, and not the same on the next page
const SECRET = /password|one-time-code|cc-/;

const staff = () => document.body.dataset.staff ?? "";
const isDoor = () => document.querySelector("[data-door]") !== null;
let edited = null;

// A field may be called `action` or `method`, and then hides the form's own.
const isSent = (form) => form?.getAttribute("method")?.toLowerCase() === "post";
const pathOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;

// What a form is about, where a page has many of one kind: the order, the invoice, the line.
function about(form) {
  const hidden = [...form.elements].filter(
    (each) => each.type === "hidden" && each.name && !each.matches("[data-typed]") && ![...OURS, ...MOVING].includes(each.name),
  );
  return JSON.stringify(hidden.map((each) => [each.name, each.value]));
}

function isTyped(field) {
  if (!field.name || OURS.includes(field.name) || NEVER.includes(field.type) || field.matches("fieldset, button, output")) {
    return false;
  }
  return (field.type !== "hidden" || field.matches("[data-typed]")) && !SECRET.test(field.autocomplete ?? "");
}

function valueOf(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked;
  }
  return field.multiple ? [...field.selectedOptions].map((each) => each.value) : field.value;
}

function forget() {
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}

function write(kept) {
  try {
    const text = JSON.stringify(kept);
    if (text.length <= LONGEST) {
      sessionStorage.setItem(PLACE, text);
      return;
    }
  } catch {
    // full, or switched off: then it is as without this
  }
  forget();
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
    return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
  } catch {
    return null;
  }
}

function keep(form) {
  if (!form.isConnected || !isSent(form) || isDoor() || !staff()) {
    return;
  }
  const fields = [...form.elements].filter(isTyped);
  if (fields.length === 0) {
    forget();
    return;
  }
  const typed = fields.map((each) => [each.name, each.type, valueOf(each), each.type === "radio" || each.type === "checkbox" ? each.value : ""]);
  write({ at: Date.now(), staff: staff(), action: pathOf(form), about: about(form), typed, door: false });
}

// Each typed value goes into the next field of its name; boxes are found by their value, wherever they stand now.
function fill(form, typed) {
  const left = [...form.elements].filter(isTyped);
  const lost = [];
  for (const [name, type, value, box] of typed) {
    const place = left.findIndex((each) => each.name === name && (!box || each.value === box));
    if (place < 0) {
      lost.push([name, type, value]);
      continue;
    }
    const [field] = left.splice(place, 1);
    if (typeof value === "boolean") {
      field.checked = value;
    } else if (Array.isArray(value)) {
      [...field.options].forEach((each) => (each.selected = value.includes(each.value)));
    } else {
      field.value = value;
    }
    for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) {
      around.open ||= Boolean(value);
    }
  }
  return lost.filter(([, type, value]) => typeof value === "string" && value && type !== "hidden");
}

function tell(lost) {
  const template = document.getElementById("kept-form");
  const told = template.content.firstElementChild.cloneNode(true);
  told.querySelector("[data-back]").hidden = lost.length > 0;
  told.querySelector("[data-lost]").hidden = lost.length === 0;
  const list = told.querySelector("dl");
  for (const [name, , value] of lost) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    text.className = "text-prewrap";
    list.append(term, text);
  }
  document.getElementById("told").append(told);
}

function restore() {
  const kept = read();
  if (!kept) {
    return;
  }
  if (isDoor()) {
    write({ ...kept, door: true });
    return;
  }
  forget();
  if (!kept.door || kept.staff !== staff()) {
    return;
  }
  const same = [...document.forms].filter((each) => isSent(each) && pathOf(each) === kept.action && about(each) === kept.about);
  const names = new Set(kept.typed.map(([name]) => name));
  const fits = (each) => [...each.elements].filter((field) => isTyped(field) && names.has(field.name)).length;
  const form = same.sort((one, other) => fits(other) - fits(one))[0];
  form?.dispatchEvent(new CustomEvent("kept:typed", { detail: kept.typed }));
  tell(form ? fill(form, kept.typed) : fill(document.createElement("form"), kept.typed));
  if (form) {
    edited = form;
    form.scrollIntoView({ block: "center" });
    form.dispatchEvent(new CustomEvent("kept:filled"));
  }
}

document.addEventListener("input", (event) => {
  if (isSent(event.target.form)) {
    edited = event.target.form;
  }
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && isSent(event.target)) {
    keep(event.target);
    edited = null;
  }
});
// A part that is loaded again can lead to the door as well, while somebody types.
window.addEventListener("pagehide", () => {
  if (edited) {
    keep(edited);
  }
});
restore();
