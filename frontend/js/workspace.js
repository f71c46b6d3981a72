// Queue and case beside each other: which row is open, which pane a phone shows, where the eye lands.
import { token } from "./notices.js";

const work = () => document.querySelector(".work");
const show = (pane) => { const w = work(); if (w) w.dataset.pane = pane; };

const openCase = () => document.querySelector("#open [data-case]")?.dataset.case;
export const openName = () => document.querySelector("#open [data-live]")?.dataset.live;

function settle() {
  const id = openCase();
  for (const row of document.querySelectorAll("[data-row]")) row.setAttribute("aria-current", String(row.dataset.row === id));
  for (const tab of document.querySelectorAll("[data-show]")) tab.setAttribute("aria-pressed", String(work()?.dataset.pane === tab.dataset.show));
}

// A narrow screen shows one pane of the case and hides the other: this turns to the one where the element stands.
export function bring(el) {
  const pane = el.closest("#open .pane");
  if (!pane || pane.checkVisibility()) return false;
  show(pane.matches(".procedure") ? "procedure" : "case");
  settle();
  return true;
}

function toNewest() {
  const body = document.querySelector("#open .thread");
  const last = body?.querySelector(".timeline > li:last-child");
  if (!body || !last) return;
  // A long last mail is read from its first line.
  body.scrollTop = last.offsetHeight > body.clientHeight * 0.8 ? last.offsetTop - 12 : body.scrollHeight;
}

// A case opens on what the customer wrote and nobody has acted on, whatever the systems have said since.
function toUnread() {
  const unread = document.querySelector("#open .timeline > li[data-unread]");
  if (!unread) return toNewest();
  document.querySelector("#open .thread").scrollTop = unread.offsetTop - 12;
}

// The step to take now is seen with its button, however much was done before.
const toStep = () => document.querySelector("#open .offer[open]")?.scrollIntoView({ block: "nearest" });

// A narrow screen shows one pane: the rail stays for whoever turned to it, and for a refusal, which stands there.
let shown = openCase();
let turnedTo = "";
const stays = ({ requestConfig, xhr }) => requestConfig.verb === "post" && (xhr.status >= 400 || (shown === openCase() && turnedTo === "procedure"));
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "open") return;
  show(stays(event.detail) ? "procedure" : "case");
  if (event.detail.requestConfig.verb === "post") toNewest();
  else toUnread();
  toStep();
  settle();
  if (shown !== openCase()) turnedTo = "";
  shown = openCase();
  const heading = [...document.querySelectorAll("#open h1")].find((one) => one.checkVisibility());
  heading?.focus({ preventScroll: true });
});

// Who reads at the end of the thread is shown what arrives, and everybody what they have just done, wherever they
// pressed it; who reads above is left alone.
const lastEntry = () => document.querySelector("#open .timeline > li:last-child")?.id;
const OWN_ACT = 5_000; // so long what arrives may be of one's own act
let readTo = "";
let acted = -OWN_ACT;
document.addEventListener("htmx:afterRequest", (event) => {
  const { verb, triggeringEvent } = event.detail.requestConfig;
  if (verb === "post" && ["submit", "click"].includes(triggeringEvent?.type) && event.detail.successful) acted = performance.now();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "timeline") return;
  const body = document.querySelector("#open .thread");
  const follows = body.scrollHeight - body.scrollTop - body.clientHeight < 48 || performance.now() - acted < OWN_ACT;
  readTo = follows ? lastEntry() : "";
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id === "timeline" && readTo && readTo !== lastEntry()) toNewest();
});

// Whoever turns to another case, or closes the page, is no longer shown at the one before.
let at = "";
function turn(to) {
  if (at && at !== to) fetch(at, { method: "POST", body: new URLSearchParams({ left: 1 }), headers: { "X-CSRFToken": token() }, keepalive: true });
  at = to;
}
const turned = () => turn(document.querySelector("#open [hx-post$='/here/']")?.getAttribute("hx-post") ?? "");
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "open") turned(); });
addEventListener("pagehide", () => turn(""));
addEventListener("pageshow", turned);

// A phone's rows of places begin with the first of them: the desk and the list that are open are moved into sight.
for (const here of document.querySelectorAll("#nav [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center" });

// A form that stays after what it added: it is empty for the next one.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (event.detail.successful && form.matches?.("form[data-clear]")) for (const input of form.querySelectorAll("input:not([type=hidden])")) input.value = "";
});

// Inputs that came back refused: the caret goes to the first of them, or into their form, and the eye to why.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById("open") ?? document.getElementById("main");
  if (!(part.id === "open" ? [422] : [409, 422]).includes(event.detail.xhr?.status)) return;
  const why = part.querySelector(".error, form > [data-signal=breach]") ?? part.querySelector(".page > .say[data-signal]");
  const field = part.querySelector("[aria-invalid=true]") ?? why?.closest("form")?.querySelector("input:not([type=hidden]), select, textarea");
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: "nearest" });
  why?.scrollIntoView({ block: "nearest" });
});

// Offers exclude each other by their name. The old ones leave the group first, or the new open one would be shut.
document.addEventListener("htmx:beforeSwap", (event) => {
  for (const offer of event.detail.target.querySelectorAll?.("details[name]") ?? []) offer.removeAttribute("name");
});

// New work must not move the row under the pointer: hold it where it was while the list is replaced.
let held = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.detail.target;
  if (list.id !== "queue-rows") return;
  const row = list.querySelector("[data-row]:hover") ?? list.querySelector("[data-row]:focus");
  held = { known: new Set([...list.querySelectorAll("[data-row]")].map((r) => r.dataset.row)), id: row?.dataset.row, top: row?.getBoundingClientRect().top };
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id !== "queue-rows" || !held) return settle();
  const list = document.getElementById("queue-rows");
  const row = held.id && list.querySelector(`[data-row="${held.id}"]`);
  if (row) list.closest(".pane-body").scrollTop += row.getBoundingClientRect().top - held.top;
  for (const r of list.querySelectorAll("[data-row]")) if (!held.known.has(r.dataset.row)) r.classList.add("row-new");
  held = null;
  settle();
});

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-show]");
  if (tab) { show(turnedTo = tab.dataset.show); settle(); }
});

// Filters and other plain forms that apply themselves.
document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-auto]")) event.target.form.requestSubmit();
  const swap = event.target.closest("[data-reveal]");
  if (swap) reveal(swap);
});

// A select with data-reveal shows the parts of its form that belong to the chosen value.
function reveal(select) {
  for (const part of select.form.querySelectorAll(`[data-when="${select.name}"]`)) {
    const on = part.dataset.is.split(" ").includes(select.value);
    part.hidden = !on;
    for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !on;
  }
}

toUnread();
toStep();
settle();
for (const select of document.querySelectorAll("[data-reveal]")) reveal(select);
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("[data-reveal]").forEach(reveal));
