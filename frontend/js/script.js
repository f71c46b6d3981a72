// A step's form brings the script that belongs to it beside the call: opened, it closes its siblings and is fetched.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.open || !target.id.startsWith("offer-")) return;
    const script = document.querySelector(`[data-opened-by="${target.id}"]`);
    if (script) script.open = true;
  },
  true,
);
