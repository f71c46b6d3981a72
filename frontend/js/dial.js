// Without a softphone the browser hands the number to a telephone of its own, once, as soon as the server has allowed it.
document.addEventListener("htmx:load", (event) => {
  const part = event.detail.elt;
  const link = part.matches?.("[data-dial-now]") ? part : part.querySelector?.("[data-dial-now]");
  if (!link) return;
  delete link.dataset.dialNow;
  link.click();
});
