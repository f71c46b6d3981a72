// The questions of a verification: a matched answer was asked, and what was not asked cannot have matched.
document.addEventListener("change", ({ target }) => {
  const row = target.closest?.("[data-questions] tr");
  if (!row) return;
  const [asked, matched] = row.querySelectorAll("input");
  if (target === matched && matched.checked) asked.checked = true;
  if (target === asked && !asked.checked) matched.checked = false;
});
