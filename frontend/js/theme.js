// Light, dark or the system's choice: drawn at once; the server keeps it on the account, the cookie for the sign-in page.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-set]");
  if (!button) return;
  const theme = button.dataset.themeSet;
  const root = document.documentElement;
  theme === "system" ? delete root.dataset.theme : (root.dataset.theme = theme);
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  for (const other of document.querySelectorAll("[data-theme-set]"))
    other.setAttribute("aria-checked", String(other === button));
});
