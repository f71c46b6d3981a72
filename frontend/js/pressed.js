// A press on a button counts where the page moves away under the pointer: whoever leaves a refused field by the click makes
// its error go, and what they press stands higher when the pointer is released.
const STILL = 4; // pixels that a hand moves without meaning it
let pressed = null;

document.addEventListener("pointerdown", ({ target, button, clientX: x, clientY: y }) => {
  const on = button === 0 && target.closest?.("button");
  pressed = on ? { on, x, y } : null;
}, true);
document.addEventListener("pointerup", ({ target, clientX, clientY }) => {
  const { on, x, y } = pressed ?? {};
  pressed = null;
  if (on?.isConnected && !on.contains(target) && Math.hypot(clientX - x, clientY - y) <= STILL) on.click();
}, true);
