import { written } from "./suggest.js";
import { bring } from "./workspace.js";

// Attachments by drop or paste, and the caret in the text. The draft itself is saved by htmx, on the server.
export function add(input, files) {
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Office programs lay a picture of what was copied beside its words.
export const says = (data) => !!data.getData("text/html") && !!data.getData("text/plain").trim();

const target = (event) => event.target.closest?.(".composer form")?.querySelector("input[type=file]");

document.addEventListener("dragover", (event) => {
  if (!target(event)) return;
  event.preventDefault();
  event.target.closest(".composer").classList.add("drop");
});
document.addEventListener("dragleave", (event) => event.target.closest?.(".composer")?.classList.remove("drop"));
document.addEventListener("drop", (event) => {
  const input = target(event);
  if (!input || !event.dataTransfer.files.length) return;
  event.target.closest(".composer").classList.remove("drop");
  if (event.defaultPrevented) return; // the editor has taken them into its text
  event.preventDefault();
  add(input, event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const input = target(event);
  if (event.defaultPrevented || says(event.clipboardData)) return; // the words are meant, not their picture
  if (input && event.clipboardData.files.length) { event.preventDefault(); add(input, event.clipboardData.files); }
});
document.addEventListener("change", (event) => {
  if (!event.target.matches?.(".composer input[type=file]")) return;
  const list = event.target.form.querySelector("[data-files]");
  if (list) list.textContent = [...event.target.files].map((f) => f.name).join(", ");
});

// What is attached stays so when the composer is drawn anew: for another step, or with what was refused.
const filesOf = () => document.querySelector("#composer input[type=file]");
let carried = [];
document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target?.id === "composer") carried = [...(filesOf()?.files ?? [])]; });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "composer" && carried.length && filesOf()) add(filesOf(), carried);
});

// A bar that was being fetched again while somebody opened the composer, or another case, comes too late.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt } = event.detail.requestConfig;
  if (elt.matches(".bar") && !elt.isConnected) event.detail.shouldSwap = false;
});

// The composer opens with the caret in its text and the customer's newest mail above it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "composer") return;
  if (event.detail.requestConfig.triggeringEvent?.type.startsWith("live")) return; // the closed bar, drawn anew: nobody's eye moves
  const text = written();
  if (!text) return document.body.dispatchEvent(new Event("composer-closed"));
  bring(text);
  (document.querySelector("#composer [aria-invalid=true]") ?? text).focus();
  text.setSelectionRange(text.value.length, text.value.length);
  const asked = [...document.querySelectorAll("#timeline > li:has(> .mail:not(.ours, .note))")].at(-1);
  if (asked) document.querySelector("#open .thread").scrollTop = asked.offsetTop - 12;
});

// What the mail says of a field stands in its words as it is typed.
document.addEventListener("input", ({ target: field }) => {
  const places = field.name ? field.closest?.(".composer form")?.querySelectorAll(`[data-value-of="${field.name}"]`) : null;
  for (const place of places ?? []) place.textContent = field.value.trim() || "…";
});

// While reasons stand against what is being written it cannot be sent; they may go again.
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.detail.target?.closest?.(".composer form");
  if (!form || !event.detail.requestConfig.path.endsWith("/still/")) return;
  for (const button of form.querySelectorAll("[data-submit], [data-submit-also]")) button.disabled = !!form.querySelector("[data-cannot]");
});

// To and Cc: the two usual choices, and the others of the conversation by one press. The server says what is odd.
document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("[data-recipients]");
  const added = event.target.closest?.("[data-add-recipient]");
  if (!choice && !added) return;
  const form = event.target.closest("form");
  const { to, cc } = form.elements;
  if (choice) {
    to.value = choice.dataset.to;
    cc.value = choice.dataset.cc;
  } else {
    const field = to.value.trim() ? cc : to;
    field.value = [field.value.trim().replace(/[,;]$/, ""), added.dataset.addRecipient].filter(Boolean).join(", ");
    field.focus();
  }
  to.dispatchEvent(new Event("input", { bubbles: true }));
});

// What was asked for below the fold is shown.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "preview") event.detail.target.scrollIntoView({ block: "nearest" });
});
