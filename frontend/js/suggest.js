// A list of suggestions above a text: the caret stays in the text, the arrow keys choose in the list.
export const options = (box) => [...(box?.querySelectorAll("[role=option]:not([hidden])") ?? [])];
export const chosen = (box) => options(box).find((o) => o.getAttribute("aria-selected") === "true");

// The text of the composer that a person writes in: its field, or the editor in its place.
export const written = () => document.querySelector("#composer [data-text]:not([hidden])");

// What stands between the sign and the caret: `after` has it as its second group.
export function typed(field, after) {
  const found = field.value.slice(0, field.selectionStart).match(after);
  return found && { at: field.selectionStart - found[2].length - 1, words: found[2].toLowerCase() };
}

export function mark(box, field, option) {
  for (const one of options(box)) one.setAttribute("aria-selected", String(one === option));
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

export function open(box, field) {
  box.hidden = false;
  field.setAttribute("aria-controls", box.querySelector("[role=listbox]").id);
}

export function close(box, field) {
  if (!box || box.hidden) return;
  box.hidden = true;
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
}

// Puts the text in the place of what was typed since `at`.
export function put(field, at, text) {
  if (field.putTyped) return field.putTyped(at, text); // the editor of formatted mails
  field.focus();
  field.setSelectionRange(at, field.selectionStart);
  // The only way that Ctrl+Z knows.
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, at, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// True where the key was for the list: `take` puts in the chosen one, `leave` shuts the list.
export function handle(event, box, { take, leave }) {
  if (!box || box.hidden || event.ctrlKey || event.metaKey) return;
  const field = event.target, all = options(box), at = all.indexOf(chosen(box));
  if (event.key === "ArrowDown") mark(box, field, all[Math.min(all.length - 1, at + 1)]);
  else if (event.key === "ArrowUp") mark(box, field, all[Math.max(0, at - 1)]);
  else if (["Enter", "Tab"].includes(event.key) && chosen(box)) take(field, chosen(box));
  else if (event.key === "Escape") leave(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
