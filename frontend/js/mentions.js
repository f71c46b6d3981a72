// "@" in a note names a colleague who may see the case; the server says who they are.
import { close, handle, mark, open, options, put, typed } from "./suggest.js";

const AFTER = /(^|[\s(,;:])@([\p{L}\w.+-]{0,30})$/u;
const box = () => document.getElementById("mentions");
let dismissed = -1; // where the "@" stands that was closed with Escape
let timer = 0;

async function ask(field) {
  const asked = typed(field, AFTER);
  if (!asked || asked.at === dismissed) { if (!asked) dismissed = -1; return close(box(), field); }
  await window.htmx.ajax("GET", `${field.dataset.mention}?q=${encodeURIComponent(asked.words)}`, { target: "#mentions", swap: "innerHTML" });
  if (document.activeElement !== field || typed(field, AFTER)?.words !== asked.words) return;
  const [first] = options(box());
  if (!first && asked.words.length > 12) return close(box(), field); // no name that anybody has
  open(box(), field);
  mark(box(), field, first);
}

function take(field, option) {
  const from = typed(field, AFTER);
  if (from) put(field, from.at, option.dataset.insert);
  close(box(), field);
}

const leave = (field) => { dismissed = typed(field, AFTER)?.at ?? -1; close(box(), field); };
const isNote = (el) => el?.matches?.("[data-mention]") && box();
document.addEventListener("input", (event) => {
  if (!isNote(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(ask, typed(event.target, AFTER) ? 120 : 0, event.target);
});
document.addEventListener("focusout", (event) => { if (isNote(event.target) && !box().contains(event.relatedTarget)) close(box(), event.target); });
document.addEventListener("keydown", (event) => { if (isNote(event.target)) handle(event, box(), { take, leave }); }, true);
document.addEventListener("mousedown", (event) => { if (event.target.closest?.("#mentions")) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("#mentions [role=option]"), field = document.querySelector("[data-mention]");
  if (option && field) take(field, option);
});
