// Before anything is painted: light or dark, as chosen by cookie (the server wrote the attribute) or as the system has it.
const root = document.documentElement;
const system = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => {
  root.dataset.bsTheme = system.matches ? "dark" : "light";
};
if (!root.dataset.bsTheme) {
  follow();
  system.addEventListener("change", follow);
}
