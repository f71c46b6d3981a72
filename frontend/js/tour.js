// The hints of the first days. They take no focus by themselves; Esc inside of them ends them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest?.("#tour")) return;
  event.preventDefault();
  document.getElementById("tour-end")?.click() ?? document.getElementById("tour-next").click();
});
// Where the pressed button is gone, the next one has the focus; after the last hint the menu, where they come again.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt.id !== "tour") return;
  const menu = document.querySelector(".account > summary");
  if (menu.parentElement.contains(document.activeElement)) menu.parentElement.open = false;
  else if (elt.contains(document.activeElement)) return;
  (elt.querySelector("#tour-next") ?? menu).focus();
});
