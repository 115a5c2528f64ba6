// A new order without a mouse: what is typed finds customers and products, Enter goes on, Ctrl+Enter places.
const form = document.querySelector("[data-new-order]");

const price = () => window.htmx.trigger(form, "priced");
const choices = (box) => [...box.querySelectorAll(".typing-choice")];

function mark(box, step) {
  const all = choices(box);
  const here = all.findIndex((each) => each.classList.contains("chosen"));
  const next = all[Math.max(0, Math.min(all.length - 1, here + step))];
  for (const each of all) {
    each.classList.toggle("chosen", each === next);
  }
  next?.scrollIntoView({ block: "nearest" });
}

function addLine() {
  const lines = form.querySelectorAll("[data-line]");
  const text = document.getElementById("new-order-line").innerHTML.replaceAll("ROW", lines.length);
  lines[lines.length - 1].insertAdjacentHTML("afterend", text);
  const line = lines[lines.length - 1].nextElementSibling;
  window.htmx.process(line);
  return line;
}

function take(link) {
  for (const [name, value] of Object.entries(JSON.parse(link.dataset.take))) {
    form.elements[name].value = value ?? "";
  }
  link.closest(".typing-found").replaceChildren();
  price();
}

function pick(button) {
  const line = button.closest("[data-line]");
  line.querySelector("[data-sku]").value = button.dataset.pick;
  line.querySelector("[data-said]").textContent = button.dataset.name;
  const box = button.closest(".typing-found");
  box.replaceChildren();
  box.dataset.of = button.dataset.pick;
  const quantity = line.querySelector("[data-quantity]");
  if (!quantity.value) {
    quantity.value = "1";
    if (quantity === document.activeElement) {
      quantity.select(); // whoever went on before the answer came types over it, and does not add to it
    }
  }
  price();
}

// Where whoever types goes on after a customer or a product.
function goOn(field) {
  if (field.matches("[data-people]")) {
    form.querySelector("[data-sku]").focus();
  } else {
    const quantity = field.closest("[data-line]").querySelector("[data-quantity]");
    quantity.focus();
    quantity.select();
  }
}

function chosen(box) {
  return box.querySelector(".chosen") ?? box.querySelector(".typing-choice");
}

// What was found for fewer letters is not what is meant: whoever types faster than we answer goes on, and the answer is
// taken when it comes.
function isAwaited(field) {
  const box = field.parentElement.querySelector(".typing-found");
  if (!box || !field.value || box.dataset.of === field.value) {
    return false;
  }
  field.dataset.entered = field.value;
  window.htmx.trigger(field, "entered");
  return true;
}

function answered(box) {
  const field = box.parentElement.querySelector("[data-people], [data-sku]");
  box.dataset.of = box.dataset.asked;
  if (field?.dataset.entered === box.dataset.of && field.value === box.dataset.of) {
    delete field.dataset.entered;
    takeOrPick(chosen(box));
  }
}

function takeOrPick(found) {
  if (found?.dataset.take) {
    take(found);
  } else if (found?.dataset.pick) {
    pick(found);
  }
}

function enter(field) {
  const line = field.closest("[data-line]");
  if (field.matches("[data-people], [data-sku]")) {
    if (isAwaited(field)) {
      goOn(field);
      return;
    }
    const found = field.value && chosen(field.parentElement.querySelector(".typing-found"));
    takeOrPick(found);
    if (found || (line && field.value)) {
      goOn(field);
    } else {
      form.elements[line ? "method" : "name"].focus();
    }
  } else if (line) {
    price();
    const next = line.nextElementSibling?.matches("[data-line]") ? line.nextElementSibling : addLine();
    next.querySelector("[data-sku]").focus();
  } else {
    const fields = [...form.elements].filter((each) => each.offsetParent && !each.disabled && each.tabIndex >= 0);
    fields[fields.indexOf(field) + 1]?.focus();
  }
}

function keyed(event) {
  const field = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-place]"));
  } else if (event.key === "Enter" && field.matches("input, select")) {
    event.preventDefault();
    enter(field);
  } else if (field.matches("[data-people], [data-sku]") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    mark(field.parentElement.querySelector(".typing-found"), event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    form.querySelectorAll(".typing-found").forEach((box) => box.replaceChildren());
  }
}

// At the counter the goods are handed over and paid there; by phone they are shipped and paid by link.
function follow(channel) {
  const counter = channel === "in_person";
  form.elements.pay.value = counter ? "cash" : "link";
  if (form.querySelector('#method option[value="collect"]')) {
    form.elements.method.value = counter ? "collect" : "ship";
  }
  if (form.elements.hand_over) {
    form.elements.hand_over.checked = counter;
  }
}

if (form) {
  document.documentElement.classList.add("scripts");
  form.addEventListener("keydown", keyed);
  form.addEventListener("change", (event) => {
    if (event.target.name === "channel") {
      follow(event.target.value);
    }
    if (event.target.matches("[data-priced], [data-sku]")) {
      price();
    }
  });
  form.addEventListener("input", (event) => {
    delete event.target.dataset.entered;
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.matches(".typing-found")) {
      event.detail.target.dataset.asked = event.target.value;
    }
  });
  form.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.matches(".typing-found")) {
      answered(event.target);
    }
  });
  form.addEventListener("click", (event) => {
    const person = event.target.closest("[data-take]");
    const product = event.target.closest("[data-pick]");
    if (person || product) {
      event.preventDefault();
      const field = (person ?? product).closest(".typing-found").parentElement.querySelector("[data-people], [data-sku]");
      takeOrPick(person ?? product);
      goOn(field);
    } else if (event.target.closest("[data-more]")) {
      event.preventDefault();
      addLine().querySelector("[data-sku]").focus();
    }
  });
  // What was typed before the session was over may have more lines than the page begins with.
  form.addEventListener("kept:typed", (event) => {
    const wanted = event.detail.filter(([name]) => name.startsWith("sku.")).length;
    for (let lines = form.querySelectorAll("[data-line]").length; lines < wanted; lines++) {
      addLine();
    }
  });
  form.addEventListener("kept:filled", price);
  if (form.querySelector("[data-sku]").value) {
    price();
  }
}
