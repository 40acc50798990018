// Theme: [data-theme-choice] switches at once and is remembered in a cookie, which the server reads: no flash.
const mark = (choice) => document.querySelectorAll("[data-theme-choice]").forEach((button) => {
  button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const choice = button.dataset.themeChoice;
  document.documentElement.dataset.theme = choice;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `polku_theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  mark(choice);
});
