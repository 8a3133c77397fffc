// One polite live region: screen readers hear each message once.
let timer;

export function announce(text) {
  const region = document.getElementById("announce");
  if (!region) return;
  clearTimeout(timer);
  region.textContent = "";
  timer = setTimeout(() => {
    region.textContent = text;
  }, 50);
}
