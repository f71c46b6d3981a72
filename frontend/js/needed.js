// What was refused of a field's words is over once they are others.
document.addEventListener("change", ({ target }) => {
  if (target.getAttribute?.("aria-invalid") !== "true") return;
  target.removeAttribute("aria-invalid");
  document.getElementById(`${target.id}_error`)?.remove();
});

// A field that a choice makes required says so as soon as the choice is made.
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  for (const mark of form?.querySelectorAll("[data-needed]") ?? []) {
    const names = mark.dataset.needed.split(" "), values = mark.dataset.values.split(" ");
    if (!names.includes(target.name)) continue;
    const chosen = new FormData(form), now = names.some((name) => values.includes(String(chosen.get(name))));
    for (const word of mark.children) word.hidden = (word.dataset.if === "needed") !== now;
  }
});
