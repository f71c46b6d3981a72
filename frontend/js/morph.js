// hx-swap="morph": a list that is fetched again keeps its nodes, so focus, scroll and open details survive.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { writtenIn } from "./typed.js";

let now = ""; // where the case stands by the answer: its state, and the newest act of somebody else

const callbacks = {
  // What a person opened or typed belongs to them, not to the answer of the server.
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
  // Words of theirs stay, and why an act was refused until somebody else acts or the case moves on.
  beforeNodeRemoved: (node) => !(node.dataset && "stays" in node.dataset && ["", now].includes(node.dataset.stays)),
};

// Of details that exclude each other the browser shuts the one a person opened when a new one arrives open.
function keepOpened(target, fragment) {
  for (const opened of target.querySelectorAll("details[id][open]")) {
    const group = fragment.querySelector(`#${CSS.escape(opened.id)}`)?.getAttribute("name");
    if (!group) continue;
    for (const other of fragment.querySelectorAll(`details[name="${CSS.escape(group)}"]`)) other.open = other.id === opened.id;
  }
}

// Whoever opened nothing else follows the server, which marks what it opens (data-chosen), to the next step.
function follow(target, fragment) {
  const before = target.querySelector("details[data-chosen]"), next = fragment.querySelector("details[data-chosen]");
  if (!next || next.id === before?.id) return null;
  const peers = [...fragment.querySelectorAll(`details[name="${CSS.escape(next.getAttribute("name"))}"]`)];
  const opened = peers.map((peer) => target.querySelector(`#${CSS.escape(peer.id)}[open]`)).find(Boolean);
  if (opened && (opened !== before || writtenIn(opened).length)) return null;
  if (opened) opened.open = false;
  return next.id;
}

function morph(target, fragment) {
  const held = target.contains(document.activeElement) ? document.activeElement : null;
  const around = held?.closest("details[id]");
  const next = follow(target, fragment);
  const { state, others } = fragment.querySelector("[data-others]")?.dataset ?? {};
  now = `${state} ${others}`;
  keepOpened(target, fragment);
  const ignoreActiveValue = !!held?.matches("input, textarea, select, [contenteditable]"); // the words of a row or heading with the focus are news
  const nodes = Idiomorph.morph(target, fragment.children, { morphStyle: "outerHTML", ignoreActiveValue, callbacks });
  if (next) document.getElementById(next).open = true;
  // A node that was moved lost its focus; where it is gone, what stood around it takes the next key.
  if (held && document.activeElement === document.body) (held.isConnected ? held : around?.querySelector("summary"))?.focus({ preventScroll: true });
  return nodes;
}

window.htmx?.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap: (style, target, fragment) => (style === "morph" ? morph(target, fragment) : false),
});
