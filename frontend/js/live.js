// The server says what changed, never how: the page fetches again, so permissions stay in one place. Messages read
// "case tickets.emailcase:17 queue mine:5": the kind, the case's name, the lists in which it stands now; of many at once only the lists.
import { goOn, writtenIn } from "./typed.js";
import { openName } from "./workspace.js";

const POLL = 15_000;
const GRACE = 4_000; // a stream that comes back so soon was not worth a word
const { events: address, watch, since } = document.body.dataset;
const sign = document.getElementById("live");
const EVERYTHING = ["live", "live-case", "live-menu", "live-board", "live-pop", "live-notices"];
const me = `person:${document.querySelector("meta[name=person]")?.content}`;
const due = new Set();
const flying = new Set(); // requests under way; what is asked of a part meanwhile htmx forgets when it swaps that part
let newest = since;
let timer = 0;
let poll = 0;
let doubt = 0;
let began = 0;
let slow = 0; // how long the last fetch took: a busy server is asked less often

const list = () => document.getElementById("queue-rows");
const chance = (most) => Math.random() * most;

function flush() {
  timer = 0;
  if (document.hidden) return; // fetched when somebody looks
  if (flying.size && performance.now() - began < POLL) return void setTimeout(flush, POLL); // when the answers are in place, or are overdue
  const names = [...due];
  due.clear();
  for (const name of names) window.htmx.trigger(document.body, name);
}

function ask(...names) {
  for (const name of names) due.add(name);
  if (due.size && !timer) timer = setTimeout(flush, Math.min(5_000, 40 + chance(120) + 2 * slow));
}

function hear(kind, name, ...lists) {
  const open = name && [name, ...lists].includes(openName());
  const shown = list();
  const inList = shown && ([name, ...lists].includes(shown.dataset.view) || document.getElementById(`row-${name?.split(":")[1]}`));
  if (kind === "case") ask(...(inList ? ["live"] : []), ...(open ? ["live-case"] : []));
  if (kind === "at") ask(...(inList ? ["live"] : []), ...(open ? ["live-at"] : []));
  if (["pop", "notices"].includes(kind) && name === me) ask(`live-${kind}`);
  if (watch.includes("board")) ask("live-board");
}

function count(counts) {
  const seen = [...document.querySelectorAll("[data-count]")];
  const desks = Object.keys(counts).filter((name) => name.startsWith("desk:")); // the lists of a closed desk are not drawn
  if (desks.some((name) => !seen.some((badge) => badge.dataset.count === name)) || seen.some((badge) => !(badge.dataset.count in counts))) return ask("live-menu");
  for (const badge of seen) {
    const [n, signal] = counts[badge.dataset.count];
    badge.textContent = n > 99 ? "99+" : n;
    badge.hidden = !n;
    if (signal) badge.dataset.signal = signal;
    else delete badge.dataset.signal;
  }
}

function cut() {
  clearTimeout(doubt);
  doubt = 0;
  if (poll) return;
  sign.hidden = false;
  document.body.dataset.live = "cut";
  poll = setInterval(again, POLL + chance(4_000));
}

function again() {
  due.clear();
  EVERYTHING.forEach((name) => due.add(name));
  flush();
}

function back() {
  clearTimeout(doubt);
  clearInterval(poll);
  doubt = poll = 0;
  sign.hidden = true;
  document.body.dataset.live = "open";
}

function connect() {
  const source = new EventSource(`${address}?watch=${encodeURIComponent(watch)}&since=${newest}`);
  source.onopen = back;
  source.onmessage = (event) => { newest = event.lastEventId || newest; hear(...event.data.split(" ")); };
  source.addEventListener("counts", (event) => count(JSON.parse(event.data)));
  source.addEventListener("resync", (event) => { newest = event.lastEventId || newest; ask(...EVERYTHING); });
  source.addEventListener("cut", cut);
  source.addEventListener("back", back);
  source.onerror = () => {
    // A refused stream is not tried again by the browser; the poll goes on and so do we.
    if (source.readyState === EventSource.CLOSED) { cut(); setTimeout(connect, POLL + chance(10_000)); }
    else if (!doubt && !poll) doubt = setTimeout(cut, GRACE);
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

if (address && sign && window.htmx) connect();
else if (sign && window.htmx) setInterval(again, POLL + chance(4_000)); // people of another house have no stream
addEventListener("pageshow", (event) => { if (event.persisted && address && sign) connect(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && due.size) flush(); });

const isLive = (event) => event.detail.requestConfig?.triggeringEvent?.type?.startsWith("live");
document.addEventListener("htmx:beforeSend", (event) => {
  const { xhr } = event.detail, live = isLive(event);
  began = performance.now();
  flying.add(xhr);
  xhr.addEventListener("loadend", () => landed(xhr, live)); // htmx is silent about a part that was taken from the page meanwhile
});

function landed(xhr, live) {
  flying.delete(xhr);
  if (live) slow = performance.now() - began;
  if (!flying.size) ask();
}

// A part in which a person is writing takes in what comes of their own acts, and of the system's, as long as their form
// is still there. Of what somebody else did, and where the form is gone, a bar tells; it offers the newer part.
function takesIn(part, forms, answer) {
  const fresh = new DOMParser().parseFromString(answer, "text/html").getElementById(part.id);
  const there = (form) => fresh.querySelector(`form[hx-post="${CSS.escape(form.getAttribute("hx-post") ?? "")}"]`);
  if (!fresh || fresh.dataset.others !== part.dataset.others || !forms.every(there)) {
    document.getElementById("changed")?.removeAttribute("hidden");
    document.activeElement.scrollIntoView({ block: "nearest" });
    return false;
  }
  return !forms.some((form) => form.querySelector(".error, [data-signal=breach]")); // what was refused is read first
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt: part, requestConfig, serverResponse } = event.detail;
  if (!part.matches?.("[data-careful]") || requestConfig.triggeringEvent?.type !== "live-case") return;
  const forms = writtenIn(part);
  if (forms.length && !takesIn(part, forms, serverResponse)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSettle", ({ detail }) => { if (detail.requestConfig?.elt.closest("#changed")) goOn(); });
