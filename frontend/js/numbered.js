// Choices with a number each: beside them, and wherever their form has the focus but no text is written, the digit chooses.
const writes = (el) => el.matches("input:not([type=checkbox], [type=radio]), textarea, select");
document.addEventListener("keydown", (event) => {
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest || writes(event.target)) return;
  const rows = [...(event.target.closest("form")?.querySelectorAll("[data-numbered] [data-nth], [data-numbered] .choice input") ?? [])];
  const one = rows[Number(event.key) - 1];
  if (!one) return;
  event.preventDefault(); // a step of this number is not meant
  event.stopPropagation();
  one.focus();
  one.click();
}, true);
