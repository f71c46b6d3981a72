// ";" in a text of the composer, or the button below it, opens the snippets; what is typed after it searches them.
import { close, handle, mark, options, put, typed, written } from "./suggest.js";

const AFTER = /(^|\s);([^;\n]{0,30})$/;
const box = () => document.getElementById("snippets");
let dismissed = -1; // where the ";" stands that was closed with Escape

const trigger = (field) => typed(field, AFTER);

// Once a composer; what was typed meanwhile is searched when the list is there.
async function load(field) {
  const empty = box();
  if (empty.dataset.loading) return;
  empty.dataset.loading = "1";
  await window.htmx.ajax("GET", field.closest("form").querySelector("[data-snippets]").dataset.snippets, { target: "#snippets", swap: "innerHTML" });
  delete empty.dataset.loading;
  if (empty === box() && empty.firstElementChild) search(field);
}

function search(field) {
  const asked = trigger(field);
  if (!asked || asked.at === dismissed) { if (!asked) dismissed = -1; return close(box(), field); }
  if (!box().firstElementChild) return load(field);
  const words = asked.words.split(/\s+/).filter(Boolean);
  for (const one of box().querySelectorAll("[role=option]")) one.hidden = !words.every((w) => one.dataset.words.toLowerCase().includes(w));
  // What begins with the typed word comes first.
  const all = options(box());
  const best = all.find((o) => o.dataset.words.toLowerCase().startsWith(asked.words)) ?? all[0];
  box().querySelector("[data-none]").hidden = all.length > 0;
  box().hidden = !all.length && words.length > 1; // somebody writes a sentence
  field.setAttribute("aria-controls", "snippet-list");
  mark(box(), field, best);
}

function insert(field, option) {
  const from = trigger(field);
  if (!from) return;
  const text = option.dataset.insert;
  put(field, from.at, text);
  close(box(), field);
  // What the case does not know is chosen, to be typed over.
  const open = text.match(/\{[a-z_]+\}/);
  if (open && field.setSelectionRange) field.setSelectionRange(from.at + open.index, from.at + open.index + open[0].length);
}

const isText = (el) => el?.matches?.("#composer [data-text]:not([hidden])") && box();
for (const name of ["input", "typed"]) document.addEventListener(name, (event) => { if (isText(event.target)) search(event.target); });
document.addEventListener("focusout", (event) => { if (isText(event.target) && !box().contains(event.relatedTarget)) close(box(), event.target); });
const leave = (field) => { dismissed = trigger(field)?.at ?? -1; close(box(), field); };
document.addEventListener("keydown", (event) => { if (isText(event.target)) handle(event, box(), { take: insert, leave }); }, true);
// The caret stays in the text.
document.addEventListener("mousedown", (event) => { if (event.target.closest?.("#snippets") && !event.target.closest("a")) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("#snippets [role=option]");
  const field = written();
  if (option && field) return insert(field, option);
  if (!event.target.closest?.("[data-snippets]") || !field) return;
  field.focus();
  if (!trigger(field)) document.execCommand("insertText", false, /(^|\s)$/.test(field.value.slice(0, field.selectionStart)) ? ";" : " ;");
  dismissed = -1;
  search(field);
});
