// The server says which case changed, never what: the page fetches again, so permissions stay in one place.
import { isDirty } from "./composer.js";
import { openName } from "./workspace.js";

const POLL = 20_000;
const address = document.body.dataset.events;
const sign = document.getElementById("live");
let waiting = 0;
let poll = 0;

function refresh(id) {
  clearTimeout(waiting);
  waiting = setTimeout(() => window.htmx.trigger(document.body, "live"), 150);
  if (id === "*" || (id && id === openName())) window.htmx.trigger(document.body, "live-case");
}

function cut() {
  if (poll) return;
  sign.hidden = false;
  poll = setInterval(() => { refresh(); window.htmx.trigger(document.body, "live-case"); }, POLL);
}

function back() {
  if (!poll) return;
  clearInterval(poll);
  poll = 0;
  sign.hidden = true;
  refresh();
  window.htmx.trigger(document.body, "live-case");
}

function connect() {
  const source = new EventSource(address);
  source.onopen = back;
  source.onmessage = (event) => refresh(event.data);
  source.onerror = () => {
    cut();
    // A refused stream is not tried again by the browser; the poll goes on and so do we.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, POLL);
  };
  addEventListener("pagehide", () => source.close(), { once: true });
}

if (address && sign && window.htmx) connect();
addEventListener("pageshow", (event) => { if (event.persisted && address && sign) { connect(); refresh(); } });

// A part in which a person is writing is not replaced; a bar offers the newer one instead. Asked twice, because a
// person may begin to write while the answer is on its way.
function keepsWriting(event) {
  const part = event.detail.elt;
  if (!part.matches?.("[data-careful]") || event.detail.requestConfig.triggeringEvent?.type !== "live-case") return false;
  if (!isDirty(part) && !part.contains(document.activeElement?.closest("input, select, textarea"))) return false;
  document.getElementById("changed")?.removeAttribute("hidden");
  document.activeElement.scrollIntoView({ block: "nearest" });
  return true;
}
document.addEventListener("htmx:beforeRequest", (event) => keepsWriting(event) && event.preventDefault());
document.addEventListener("htmx:beforeSwap", (event) => keepsWriting(event) && (event.detail.shouldSwap = false));
