"use strict";
// Reading works without this, by Tab and Space; with it, by single keys, too.

const form = document.querySelector("[data-review]");
const themes = [...form.querySelectorAll("[data-theme]")];
const box = (theme) => theme.querySelector("input[type=checkbox]");
const none = form.querySelector("#none");
const find = form.querySelector("#find");
const keys = document.getElementById("keys");
const useKeys = document.getElementById("use-keys");
const byKey = new Map();
const POLARITY = { "+": "positive", "-": "negative", "=": "mixed", ".": "neutral" };
const LETTERS = "123456789abcdefghijklmnopqrstuvwxyz";
const OFF = "sayso-keys-off";
let last = themes.find((theme) => box(theme).checked);
let sent = false;

// Each theme's key stands beside it.
function showKey(choice, letter) {
  const key = document.createElement("kbd");
  key.textContent = letter;
  key.setAttribute("aria-hidden", "true");
  choice.prepend(key);
}
themes.slice(0, LETTERS.length).forEach((theme, place) => {
  showKey(theme.querySelector(".choice"), LETTERS[place]);
  byKey.set(LETTERS[place], theme);
});
showKey(none.closest(".choice"), "0");
form.querySelector("[data-tools]").hidden = false;

function tick(theme) {
  box(theme).checked = !box(theme).checked;
  box(theme).dispatchEvent(new Event("change", { bubbles: true }));
  theme.scrollIntoView({ block: "nearest" });
}

// No theme and some theme exclude each other.
form.addEventListener("change", (event) => {
  if (event.target === none && none.checked) themes.forEach((theme) => (box(theme).checked = false));
  const theme = event.target.closest?.("[data-theme]");
  if (!theme || event.target !== box(theme)) return;
  if (box(theme).checked) none.checked = false;
  last = box(theme).checked ? theme : undefined;
});

function filter() {
  const wanted = find.value.trim().toLowerCase();
  for (const theme of themes) theme.hidden = !theme.textContent.toLowerCase().includes(wanted) && !box(theme).checked;
}
find.addEventListener("input", filter);
find.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" && event.key !== "Escape") return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.stopPropagation();
  const found = themes.find((theme) => !theme.hidden && !box(theme).checked);
  if (event.key === "Enter" && find.value.trim() && found) tick(found);
  find.value = "";
  filter();
  if (event.key === "Escape") find.blur();
});

function save() {
  if (sent) return;
  sent = true;
  form.requestSubmit();
}
form.addEventListener("submit", () => (sent = true));
window.addEventListener("pageshow", () => (sent = false));

// What stands on a page by itself may mean something else to who cannot see it: it can be turned off.
try {
  useKeys.checked = localStorage.getItem(OFF) === null;
} catch {
  useKeys.checked = true; // the browser keeps nothing
}
function showKeys() {
  form.classList.toggle("without-keys", !useKeys.checked);
}
useKeys.addEventListener("change", () => {
  showKeys();
  try {
    useKeys.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes");
  } catch {
    return; // it then holds for this page alone
  }
});
showKeys();
form.querySelector("[data-key=help]").addEventListener("click", () => keys.showModal());

function follow(name) {
  form.querySelector(`a[data-key=${name}]`)?.click();
}

const DOES = {
  "/": () => find.focus(),
  "?": () => keys.showModal(),
  0: () => none.click(),
  ">": () => follow("later"),
  "<": () => follow("back"),
  Enter: save,
};

document.addEventListener("keydown", (event) => {
  if (keys.open) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return save();
  }
  if (!useKeys.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target;
  if (at.matches("input:not([type=checkbox]), select, textarea")) return;
  if (event.key === "Enter" && at.closest("a, button, summary")) return;
  const polarity = POLARITY[event.key];
  if (polarity && last) last.querySelector("select").value = polarity;
  else if (byKey.has(event.key)) tick(byKey.get(event.key));
  else if (Object.hasOwn(DOES, event.key)) DOES[event.key]();
  else return;
  event.preventDefault();
});
