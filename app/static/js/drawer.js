// The sidebar as a drawer on narrow screens. Opening is CSS (#nav:target); this adds Escape and where the focus goes.
export function install() {
  const nav = document.getElementById("nav");
  if (!nav) return;
  const isOpen = () => window.location.hash === "#nav";
  const close = () => {
    history.replaceState(null, "", window.location.pathname + window.location.search);
    // :target only follows a real navigation within the page
    window.location.hash = "main";
    document.querySelector(".ho-burger")?.focus();
  };
  window.addEventListener("hashchange", () => {
    if (isOpen()) nav.querySelector("a, button")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
  document.addEventListener("click", (event) => {
    if (isOpen() && !nav.contains(event.target) && !event.target.closest("[href='#nav']")) close();
  });
}
