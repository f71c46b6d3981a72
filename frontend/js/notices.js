// Short notices at the foot of the page. Their words come from the page (<template data-notice>), never from here.
const box = document.getElementById("toasts");

function say(name, text = "") {
  const source = document.querySelector(`template[data-notice="${name}"]`);
  if (!source || !box) return;
  const toast = source.content.firstElementChild.cloneNode(true);
  const slot = toast.querySelector("[data-slot]");
  if (slot) slot.textContent = text;
  box.append(toast);
  fade(toast);
}

function fade(toast) {
  setTimeout(() => toast.remove(), Number(toast.dataset.for ?? 5) * 1000);
}

document.addEventListener("notice", (event) => say(event.detail.name, event.detail.text));
document.addEventListener("htmx:sendError", () => say("offline"));
const drawn = new WeakSet(); // answers that say themselves what is wrong
document.addEventListener("htmx:afterSwap", (event) => drawn.add(event.detail.xhr));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (!drawn.has(xhr) && xhr.status >= 400 && !xhr.getResponseHeader("HX-Trigger")?.includes("notice")) say("failed", String(xhr.status));
});

// A session that ended in the middle answers with the sign-in page: it must not take the place of what was typed.
const signIn = document.querySelector('template[data-notice="signed-out"]')?.content.querySelector("a")?.getAttribute("href");
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL, location).pathname !== signIn) return document.getElementById("signed-out")?.remove();
  event.detail.shouldSwap = false;
  if (!document.getElementById("signed-out")) say("signed-out");
  if (event.detail.requestConfig.elt.matches("form")) document.querySelector("#signed-out a").focus();
});
// Signing in makes a new token; the one drawn into this page is then too old.
export const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
document.addEventListener("htmx:configRequest", (event) => { if (token()) event.detail.headers["X-CSRFToken"] = token(); });

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast")?.remove());

// Toasts that came with a part of the page go to the others. Not by hx-swap-oob: that looks for its target beside the
// element that asked, and a live refresh may have replaced it meanwhile.
document.addEventListener("htmx:afterSettle", () => {
  for (const came of document.querySelectorAll("[data-toasts]")) {
    box?.append(...came.children);
    came.remove();
  }
});

// The same for a part that fills another.
document.addEventListener("htmx:afterSettle", () => {
  for (const came of document.querySelectorAll("[data-fills]")) {
    document.getElementById(came.dataset.fills)?.replaceChildren(...came.childNodes);
    came.remove();
  }
});

// A toast put here by the server counts down by itself (the undo window of a mail), and goes when that was undone.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    if (node.dataset?.for) fade(node);
    if (node.dataset?.replaces) document.getElementById(node.dataset.replaces)?.remove();
  }
}).observe(box ?? document.body, { childList: true });
box?.querySelectorAll("[data-for]").forEach(fade);

// A step that was taken is no success any more where the system has ended the case meanwhile: the page says how.
document.addEventListener("htmx:afterSwap", () => {
  if (document.querySelector("#procedure[data-ended]")) for (const toast of box?.querySelectorAll("[data-while-open]") ?? []) toast.remove();
});

// The number of seconds left, once a second.
setInterval(() => {
  for (const left of document.querySelectorAll("[data-countdown]")) left.textContent = String(Math.max(0, Number(left.textContent) - 1));
}, 1000);
