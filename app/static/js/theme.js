// Light, dark or as the system, at once instead of after a round trip. The server keeps the choice in a cookie.
export function install() {
  const form = document.querySelector("form[data-theme-form]");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    const choice = event.submitter?.value;
    if (!choice) return;
    event.preventDefault();
    if (choice === "system") document.documentElement.removeAttribute("data-bs-theme");
    else document.documentElement.setAttribute("data-bs-theme", choice);
    for (const button of form.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
    const body = new FormData(form);
    body.set("theme", choice);
    await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  });
}
