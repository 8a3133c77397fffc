// Keys of the back office. A visible element says with data-key which key presses it ("n", "a", "g d", "Ctrl+k").
// Keys are off while typing, except the ones with Ctrl.
import { open } from "./dialogs.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]";
let pending = "";
let timer;

function press(name) {
  for (const element of document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)) {
    if (element.offsetParent === null || element.getAttribute("aria-disabled") === "true") continue;
    if (element.matches("input")) {
      element.focus();
      element.select();
    } else {
      element.click();
    }
    return true;
  }
  return false;
}

const rows = () => [...document.querySelectorAll("table[data-rows] tbody tr[data-row]")];

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.classList.contains("ho-cursor"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  all[at]?.classList.remove("ho-cursor");
  next.classList.add("ho-cursor");
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("ho:cursor", { bubbles: true }));
  return true;
}

function onCursor(action) {
  const row = document.querySelector("tr.ho-cursor");
  if (!row) return false;
  const target = action === "open" ? row.querySelector("a.ho-idlink") : row.querySelector("input[type=checkbox]");
  target?.click();
  return Boolean(target);
}

const PLAIN = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => document.querySelector("tr.ho-cursor") && move(1),
  ArrowUp: () => document.querySelector("tr.ho-cursor") && move(-1),
  Enter: () => onCursor("open"),
  x: () => onCursor("select"),
  "?": () => {
    open("keys");
    return true;
  },
};

function handle(event) {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    if (press("Ctrl+k")) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(TYPING) || event.target.closest?.("dialog, details.ho-menu[open]")) return;
  if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
  const name = pending ? `${pending} ${event.key}` : event.key;
  pending = "";
  clearTimeout(timer);
  if (name === "g") {
    pending = "g";
    timer = setTimeout(() => {
      pending = "";
    }, 1200);
    return;
  }
  if (PLAIN[name]?.() || press(name)) event.preventDefault();
}

export function install() {
  document.addEventListener("keydown", handle);
}
