// Ctrl+K: every step, template, case and page is a command. The server lists what this person may do here.
import { press } from "./keys.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input[type=search]");
let drawn = null; // the words of which the options tell; those that were typed since are on their way
let entered = null; // the place of the option that was entered meanwhile
const options = () => [...dialog.querySelectorAll("[role=option]")];

function mark(index) {
  const all = options();
  const at = Math.max(0, Math.min(all.length - 1, index));
  all.forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
  all[at]?.scrollIntoView({ block: "nearest" });
  if (all[at]) input.setAttribute("aria-activedescendant", all[at].id);
}

export function openPalette() {
  if (!dialog || dialog.open) return;
  dialog.querySelector("[name=case]").value = document.querySelector("#open [data-live]")?.dataset.live ?? "";
  input.value = "";
  drawn = entered = null;
  dialog.showModal();
  input.focus();
  window.htmx.trigger(input, "palette");
}

function enter(at) {
  entered = at;
  if (drawn === input.value) options()[at]?.click();
}

function run(option) {
  dialog.close();
  if (option.dataset.press) press(option.dataset.press);
  else if (option.dataset.template) window.htmx.ajax("GET", option.getAttribute("href"), "#composer");
  else location.assign(option.getAttribute("href"));
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) openPalette(); });
  dialog.addEventListener("keydown", (event) => {
    const at = options().findIndex((o) => o.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(at - 1); }
    if (event.key === "Enter" && options()[at]) { event.preventDefault(); enter(at); }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) return dialog.close();
    const option = event.target.closest("[role=option]");
    if (option) { event.preventDefault(); run(option); }
  });
  input.addEventListener("input", () => { entered = null; });
  dialog.addEventListener("htmx:afterSettle", ({ detail }) => {
    drawn = new URL(detail.xhr.responseURL).searchParams.get("q");
    mark(entered ?? 0);
    if (entered !== null) enter(entered);
  });
}
