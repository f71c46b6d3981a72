import { pick } from "./pick.js";
import { bring } from "./workspace.js";

// Single keys outside inputs, function keys everywhere. An element names its key itself: data-key="r" is clicked, focused or opened.
const help = document.getElementById("help");
const typing = (el) => el.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const visible = (el) => el.checkVisibility?.({ visibilityProperty: true }) ?? el.offsetParent !== null;

// A step that asks for nothing is taken by its key although its offer is folded.
const pressable = (el) => visible(el) || ("atOnce" in el.dataset && visible(el.closest("details")));

const CONTROLS = "form :is(input:not([type=hidden]), select, textarea, button)";

// The first thing that still has to be said, where what is known stands in the fields already.
const lacking = (offer) => [...offer.querySelectorAll(CONTROLS)].find((el) => el.required && !el.validity.valid && el.type !== "radio");

export function press(key) {
  const named = [...document.querySelectorAll("[data-key]")].filter((e) => !e.disabled && e.dataset.key.split(" ").includes(key));
  const el = named.find((e) => "atOnce" in e.dataset && pressable(e)) ?? named.find(pressable) ?? named.find((e) => bring(e) && pressable(e));
  if (!el) return false;
  if (el.tagName === "SUMMARY") {
    el.parentElement.open = true;
    el.parentElement.scrollIntoView({ block: "nearest" });
    (lacking(el.parentElement) ?? el.parentElement.querySelector(CONTROLS) ?? el).focus();
  } else if (el.matches("input, textarea, select")) {
    el.focus();
    el.select?.();
  } else el.click();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement.closest?.("[data-row]") ?? document.querySelector('[data-row][aria-current="true"]'));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function copy(selector) {
  const el = document.querySelector(selector);
  if (!el) return false;
  navigator.clipboard?.writeText(el.dataset.copy).catch(() => {});
  document.dispatchEvent(new CustomEvent("notice", { detail: { name: "copied", text: el.dataset.copy } }));
  return true;
}

// "Shift+1" goes to a desk, on every keyboard whose digits need no Shift.
const named = (event) => (event.shiftKey && event.code?.startsWith("Digit") && event.key !== event.code[5] ? `Shift+${event.code[5]}` : event.key);

let heldSince = 0;
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const forms = document.querySelectorAll("main form:has([data-submit])"); // the page's only one is meant from anywhere
    const form = event.target.closest?.("form") ?? (forms.length === 1 ? forms[0] : null);
    const submit = event.shiftKey ? "[data-submit-also]" : "[data-submit]"; // with Shift: the act beside it, such as “Send and close”
    const button = form?.querySelector(submit);
    if (form && (button || !event.shiftKey)) {
      event.preventDefault();
      if (button) button.click(); // htmx sends the name of a button that was clicked alone
      else form.requestSubmit();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") return escape(event);
  const functional = /^F\d+$/.test(event.key); // no text: a call is answered amid a word
  const writes = !functional && (typing(event.target) || document.documentElement.dataset.keys === "off");
  if (writes || document.querySelector("dialog[open]")) return;
  if (event.repeat && !"jk?".includes(event.key)) return; // a key held down decides once
  if (event.key === "?") {
    if (!event.repeat) { heldSince = Date.now(); document.body.classList.add("show-keys"); }
    return event.preventDefault();
  }
  const done = { j: () => move(1), k: () => move(-1), x: pick, ".": () => copy("[data-copy=''], [data-copy-key='.']"), ",": () => copy("[data-copy-key=',']") }[event.key]?.() ?? press(named(event));
  if (done) event.preventDefault();
});

document.addEventListener("keyup", (event) => {
  if (!document.body.classList.contains("show-keys") || !["?", "/", "Shift"].includes(event.key)) return;
  document.body.classList.remove("show-keys");
  if (Date.now() - heldSince < 350) help?.showModal();
});
window.addEventListener("blur", () => document.body.classList.remove("show-keys"));

function escape(event) {
  const pop = document.querySelector("details[data-pop][open]");
  if (pop) { pop.open = false; pop.querySelector("summary").focus(); return; }
  if (typing(event.target)) event.target.blur();
}

document.addEventListener("click", (event) => {
  for (const pop of document.querySelectorAll("details[data-pop][open]")) if (!pop.contains(event.target)) pop.open = false;
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(`[data-copy="${CSS.escape(copied.dataset.copy)}"]`);
});
