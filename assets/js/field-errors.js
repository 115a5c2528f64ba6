// What is wrong with a field goes away as soon as something else, and something possible, stands in it; with what was
// refused it comes back. What only the shop can know is said again when the form is sent.
const WRONG = "is-invalid";

function isAsSent(field) {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked === field.defaultChecked;
  }
  if (field.options) {
    return [...field.options].every((each) => each.selected === each.defaultSelected);
  }
  return field.value === field.defaultValue;
}

// A sentence below a field shows only beside a field that is wrong; who cannot see it must not be read it either.
function show(field, isWrong) {
  field.classList.toggle(WRONG, isWrong);
  for (const [name, value] of JSON.parse(field.dataset.wrong)) {
    if (isWrong && value !== null) {
      field.setAttribute(name, value);
    } else {
      field.removeAttribute(name);
    }
  }
}

// A choice among several has its sentence in the group.
function showChoice(group) {
  const isWrong = [...group.querySelectorAll("input")].every(isAsSent);
  document.getElementById(group.dataset.choiceError).hidden = !isWrong;
}

document.addEventListener("input", ({ target }) => {
  if (target.matches(`.${WRONG}`)) {
    target.dataset.wrong ??= JSON.stringify(["aria-invalid", "aria-describedby"].map((name) => [name, target.getAttribute(name)]));
  }
  if (target.dataset.wrong) {
    show(target, isAsSent(target) || !target.validity.valid);
  }
  const group = target.closest("[data-choice-error]");
  if (group) {
    showChoice(group);
  }
});
