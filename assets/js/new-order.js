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
  form.querySelector("[data-sku]").focus();
  price();
}

function pick(button) {
  const line = button.closest("[data-line]");
  line.querySelector("[data-sku]").value = button.dataset.pick;
  line.querySelector("[data-said]").textContent = button.dataset.name;
  button.closest(".typing-found").replaceChildren();
  const quantity = line.querySelector("[data-quantity]");
  quantity.value ||= "1";
  quantity.focus();
  quantity.select();
  price();
}

function chosen(box) {
  return box.querySelector(".chosen") ?? box.querySelector(".typing-choice");
}

function enter(field) {
  const line = field.closest("[data-line]");
  if (field.matches("[data-people]")) {
    const box = field.parentElement.querySelector(".typing-found");
    const found = chosen(box);
    if (found?.dataset.take) {
      take(found);
    } else {
      form.elements.name.focus();
    }
  } else if (field.matches("[data-sku]")) {
    const found = chosen(line.querySelector(".typing-found"));
    if (found && field.value) {
      pick(found);
    } else {
      (field.value ? line.querySelector("[data-quantity]") : form.elements.method).focus();
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
  form.addEventListener("click", (event) => {
    const person = event.target.closest("[data-take]");
    const product = event.target.closest("[data-pick]");
    if (person) {
      event.preventDefault();
      take(person);
    } else if (product) {
      pick(product);
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
