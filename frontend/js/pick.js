// Several cases at once: x, or a click with Ctrl, picks a row; the bar below the list takes them to one page.
const bar = () => document.getElementById("picked");
const row = (id) => document.querySelector(`[data-row="${id}"]`);
const picked = new Set();

function show() {
  for (const one of document.querySelectorAll("[data-row]")) one.toggleAttribute("data-picked", picked.has(one.dataset.row));
  const form = bar();
  if (!form) return;
  form.hidden = !picked.size;
  form.querySelector("output").value = picked.size;
  for (const old of form.querySelectorAll("input")) old.remove();
  for (const id of picked) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "case", value: id }));
}

function toggle(id) {
  if (!picked.delete(id)) picked.add(id);
  show();
}

// On the way down: the row's own click would open the case.
document.addEventListener("click", (event) => {
  const one = event.target.closest?.("[data-row]");
  if (!one || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.stopPropagation();
  toggle(one.dataset.row);
}, true);

document.addEventListener("reset", (event) => {
  if (event.target !== bar()) return;
  picked.clear();
  show();
});

// Rows that left the list are no longer chosen: nobody acts on what they do not see.
document.addEventListener("htmx:afterSettle", () => {
  for (const id of picked) if (!row(id)) picked.delete(id);
  show();
});

export function pick() {
  const one = document.activeElement.closest?.("[data-row]");
  if (!one) return false;
  toggle(one.dataset.row);
  return true;
}
