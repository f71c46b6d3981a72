// A button that states what somebody has just done (a script read, answers that matched) is not pressed together with the step
// before it, and not where they say something else by the ticks of its form.
const MOMENT = 2_000;
const STATES = ".offer [data-submit-also]";
const known = new WeakSet(); // a live refresh keeps a button, and draws it awake
const young = new WeakSet();

const settle = (button) => { button.disabled = young.has(button) || !!button.form.querySelector("input[type=checkbox]:not([name=next]):checked"); };

function appears(button) {
  if (!known.has(button)) {
    known.add(button);
    young.add(button);
    setTimeout(() => { young.delete(button); settle(button); }, MOMENT);
  }
  settle(button);
}

document.addEventListener("htmx:load", ({ detail }) => detail.elt.querySelectorAll?.(STATES).forEach(appears));
document.addEventListener("change", ({ target }) => target.form?.querySelectorAll(STATES).forEach(settle));
