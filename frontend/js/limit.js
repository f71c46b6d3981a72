// A field that holds only so much says so near its end, and when what was pasted did not all go in.
const NEAR = 0.9;
const limited = (field) => field.matches?.("textarea, input") && field.maxLength > 0;

function tell(field) {
  const id = `${field.id}_limit`, known = document.getElementById(id);
  if (field.value.length < NEAR * field.maxLength) return known?.remove();
  const counter = known ?? Object.assign(document.createElement("div"), { id, className: "help num" });
  counter.textContent = `${field.value.length}/${field.maxLength}`;
  if (!known) field.after(counter);
}

let longer = false;
document.addEventListener("beforeinput", ({ target: field, data, dataTransfer }) => {
  if (!limited(field)) return;
  const text = data ?? dataTransfer?.getData("text/plain") ?? "";
  longer = text.length > 1 && field.value.length - (field.selectionEnd - field.selectionStart) + text.length > field.maxLength;
});
document.addEventListener("input", ({ target: field }) => {
  if (!limited(field)) return;
  tell(field);
  if (longer) document.dispatchEvent(new CustomEvent("notice", { detail: { name: "cut", text: String(field.maxLength) } }));
  longer = false;
});
