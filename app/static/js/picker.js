// A combobox on a server search. The hidden field carries the id, the text field what people read; changing the text
// forgets the id, so that nothing is ever sent which was not chosen. Without script the server matches the text.
import { announce } from "./announce.js";

const WAIT_MS = 160;

class Picker {
  constructor(box) {
    this.box = box;
    this.id = box.querySelector("input[type=hidden]");
    this.text = box.querySelector("input[role=combobox]");
    this.list = box.querySelector("[role=listbox]");
    this.least = Number(box.dataset.least || 1);
    this.at = -1;
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.text.addEventListener("focus", () => {
      if (this.least === 0 && !this.text.value) this.search();
    });
    this.list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) this.choose(option);
    });
  }

  changed() {
    this.id.value = "";
    clearTimeout(this.timer);
    if (this.text.value.trim().length < this.least) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.search(), WAIT_MS);
  }

  async search() {
    this.pending?.abort();
    this.pending = new AbortController();
    const url = new URL(this.box.dataset.picker, window.location.origin);
    url.searchParams.set("q", this.text.value.trim());
    try {
      const answer = await fetch(url, { signal: this.pending.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show((await answer.json()).rows);
    } catch (error) {
      if (error.name !== "AbortError") this.show([]);
    }
  }

  show(found) {
    this.list.replaceChildren(
      ...found.map((row, index) => {
        const option = document.createElement("li");
        option.id = `${this.text.id}-o${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.className = "dropdown-item";
        option.dataset.id = row.id;
        option.dataset.label = row.text;
        option.textContent = row.text;
        if (row.note) {
          const note = document.createElement("span");
          note.className = "ho-3 ho-end";
          note.textContent = row.note;
          option.append(note);
        }
        return option;
      }),
    );
    this.at = -1;
    const none = this.box.dataset.none || "";
    if (!found.length) {
      const empty = document.createElement("li");
      empty.className = "dropdown-header";
      empty.textContent = none;
      this.list.append(empty);
    }
    this.list.hidden = false;
    this.text.setAttribute("aria-expanded", "true");
    announce(found.length ? `${found.length}` : none);
  }

  key(event) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.search();
      else if (options.length) this.mark(options, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !this.list.hidden && options.length) {
      event.preventDefault();
      this.choose(options[Math.max(this.at, 0)]);
    } else if (event.key === "Tab" && !this.list.hidden && this.at >= 0) {
      this.choose(options[this.at]);
    }
  }

  mark(options, step) {
    options[this.at]?.setAttribute("aria-selected", "false");
    this.at = (this.at + step + options.length) % options.length;
    const option = options[this.at];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", option.id);
  }

  choose(option) {
    this.id.value = option.dataset.id;
    this.text.value = option.dataset.label;
    this.id.dispatchEvent(new Event("change", { bubbles: true }));
    this.text.dispatchEvent(new CustomEvent("picker:chosen", { bubbles: true, detail: { id: option.dataset.id } }));
    this.close();
  }

  close() {
    this.pending?.abort();
    this.list.hidden = true;
    this.text.setAttribute("aria-expanded", "false");
    this.text.removeAttribute("aria-activedescendant");
  }
}

export function install(part) {
  for (const box of part.querySelectorAll("[data-picker]")) {
    if (box.dataset.ready) continue;
    box.dataset.ready = "1";
    new Picker(box);
  }
}
