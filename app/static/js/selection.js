// Ticked rows of a list and the bar that acts on them. Shift takes a range.
import { announce } from "./announce.js";

function setUp(form) {
  const boxes = () => [...form.querySelectorAll("input[name=id][type=checkbox]")];
  const all = form.querySelector("input[data-all]");
  const bar = form.querySelector("[data-bulk]");
  const counter = bar?.querySelector("[data-count]");
  let last = null;

  function refresh() {
    const ticked = boxes().filter((box) => box.checked);
    for (const box of boxes()) {
      const row = box.closest("tr");
      if (box.checked) row?.setAttribute("aria-selected", "true");
      else row?.removeAttribute("aria-selected");
    }
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
    if (!bar) return;
    bar.hidden = ticked.length === 0;
    const text = (counter.dataset.text || "%d").replace("%d", ticked.length);
    counter.textContent = text;
    if (ticked.length) announce(text);
  }

  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-clear]")) {
      for (const box of boxes()) box.checked = false;
      refresh();
      return;
    }
    const box = event.target.closest("input[name=id][type=checkbox]");
    if (!box) return;
    const list = boxes();
    if (event.shiftKey && last && last !== box) {
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
      for (const between of list.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
    refresh();
  });
  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    refresh();
  });
  refresh();
}

export function install(part) {
  const forms = [...part.querySelectorAll("form[data-selection]")];
  if (part.matches?.("form[data-selection]")) forms.push(part);
  for (const form of forms) {
    if (form.dataset.ready) continue;
    form.dataset.ready = "1";
    setUp(form);
  }
}
