// The grid of order lines: Enter goes down and adds a line at the end, cells copied from a sheet spread over rows,
// products are offered while typing, and each changed line asks the server once what is there, at which price, and what
// is wrong with it. Without script the grid is a plain form with a few empty lines.
import { announce } from "./announce.js";

const WAIT_MS = 180;
const AT_ONCE = 3;
const CELLS = ["product", "quantity", "unit", "price", "discount", "reason", "date", "description"];

class Lines {
  constructor(table) {
    this.table = table;
    this.form = table.closest("form");
    this.body = table.tBodies[0];
    this.blank = this.rows().at(-1).cloneNode(true);
    this.empty(this.blank);
    this.offers = document.getElementById("products");
    this.waiting = new Set();
    this.asking = 0;
    this.answers = new WeakMap();
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("paste", (event) => this.paste(event));
    this.body.addEventListener("input", (event) => this.typed(event));
    this.body.addEventListener("change", (event) => this.changed(event.target.closest("tr[data-line]")));
    this.body.addEventListener("click", (event) => this.click(event));
    const add = this.form.querySelector("[data-add-line]");
    if (add) {
      add.hidden = false;
      add.addEventListener("click", () => this.cell(this.add(), "product").focus());
    }
    this.form.addEventListener("change", (event) => this.header(event.target));
    for (const row of [...this.rows(), this.blank]) row.querySelector("[data-remove]").hidden = false;
    for (const row of this.rows()) if (!this.beside(row)) this.changed(row);
  }

  rows() {
    return [...this.body.querySelectorAll("tr[data-line]")];
  }

  empty(row) {
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      input.placeholder = "";
    }
    row.querySelector("select").selectedIndex = 0;
    this.unmark(row);
  }

  unmark(row) {
    for (const input of row.querySelectorAll("input")) {
      input.classList.remove("is-invalid", "ho-doubtful");
      input.removeAttribute("aria-invalid");
    }
  }

  number() {
    this.rows().forEach((row, at) => (row.querySelector("[data-position]").textContent = String(at + 1)));
  }

  add() {
    const row = this.blank.cloneNode(true);
    this.body.append(row);
    this.number();
    return row;
  }

  remove(row) {
    const rows = this.rows();
    const at = rows.indexOf(row);
    this.beside(row)?.remove();
    this.waiting.delete(row);
    row.remove();
    if (rows.length === 1) this.add();
    this.number();
    const next = this.rows()[Math.min(at, this.rows().length - 1)];
    this.cell(next, "product").focus();
    this.cell(next, "id").dispatchEvent(new Event("input", { bubbles: true }));
  }

  cell(row, name) {
    return row.querySelector(`[name="line-${name}"]`);
  }

  beside(row) {
    const next = row.nextElementSibling;
    return next?.matches("tr[data-beside]") ? next : null;
  }

  key(event) {
    if (event.target.tagName === "BUTTON" || event.target.tagName === "A") return;
    if (event.key !== "Enter" || event.target.tagName === "SELECT" || event.isComposing) return;
    event.preventDefault();
    const rows = this.rows();
    const here = event.target.closest("tr");
    const next = rows[rows.indexOf(here) + 1] || this.add();
    this.cell(next, "product").focus();
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-remove")) this.remove(button.closest("tr"));
    if (button.dataset.takePrice) {
      const row = button.closest("tr").previousElementSibling;
      const price = this.cell(row, "price");
      price.value = button.dataset.takePrice;
      price.focus();
      price.dispatchEvent(new Event("input", { bubbles: true }));
      this.changed(row);
    }
  }

  paste(event) {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const name = event.target.name.replace("line-", "");
    const from = Math.max(CELLS.indexOf(name), 0);
    let at = this.rows().indexOf(event.target.closest("tr"));
    for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
      const row = this.rows()[at] || this.add();
      line.split("\t").forEach((value, offset) => {
        const cell = CELLS[from + offset] && this.cell(row, CELLS[from + offset]);
        if (cell) cell.value = value.trim();
      });
      this.changed(row);
      at += 1;
    }
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ------------------------------------------------------------------ what is beside a line
  async header(field) {
    if (field.name === "customer_id") await this.lists(field.value);
    if (field.name === "customer_id" || field.name === "price_list_id") this.rows().forEach((row) => this.changed(row));
  }

  async lists(customer) {
    const place = this.form.querySelector("[data-price-lists]");
    if (!place) return;
    const url = new URL(place.dataset.priceLists, window.location.origin);
    url.searchParams.set("customer_id", customer);
    const answer = await fetch(url);
    if (answer.ok) place.innerHTML = await answer.text();
  }

  changed(row) {
    if (!row) return;
    this.waiting.add(row);
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.ask(), 0);
  }

  ask() {
    while (this.asking < AT_ONCE && this.waiting.size) {
      const [row] = this.waiting;
      this.waiting.delete(row);
      this.asking += 1;
      this.look(row).finally(() => {
        this.asking -= 1;
        this.ask();
      });
    }
  }

  async look(row) {
    if (!CELLS.some((name) => this.cell(row, name).value.trim())) {
      this.show(row, "");
      return;
    }
    const url = new URL(this.table.dataset.facts, window.location.origin);
    for (const input of row.querySelectorAll("input, select")) url.searchParams.set(input.name, input.value);
    for (const name of ["customer_id", "price_list_id"]) {
      const value = this.form.querySelector(`[name="${name}"]`)?.value;
      if (value) url.searchParams.set(name, value);
    }
    if (this.table.dataset.order) url.searchParams.set("order", this.table.dataset.order);
    this.answers.set(row, url.href);
    try {
      const answer = await fetch(url);
      if (answer.ok && this.answers.get(row) === url.href && row.isConnected) this.show(row, await answer.text());
    } catch {
      // The line is checked again when it is saved.
    }
  }

  show(row, html) {
    this.unmark(row);
    const price = this.cell(row, "price");
    price.placeholder = "";
    if (!html.trim()) {
      this.beside(row)?.remove();
      return;
    }
    let place = this.beside(row);
    if (!place) {
      place = document.createElement("tr");
      place.dataset.beside = "";
      row.after(place);
    }
    place.innerHTML = html;
    price.placeholder = place.querySelector("[data-price]")?.dataset.price || "";
    for (const said of place.querySelectorAll("[data-cell], [data-doubt]")) {
      const cell = this.cell(row, said.dataset.cell || said.dataset.doubt);
      cell?.classList.add(said.dataset.cell ? "is-invalid" : "ho-doubtful");
      if (said.dataset.cell) cell?.setAttribute("aria-invalid", "true");
      announce(said.textContent.trim());
    }
  }

  // ------------------------------------------------------------------ products while typing
  typed(event) {
    if (event.target.name !== "line-product") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.offer(event.target), WAIT_MS);
  }

  async offer(input) {
    const text = input.value.trim();
    if (text.length < 2) return;
    const url = new URL(this.table.dataset.lookup, window.location.origin);
    url.searchParams.set("q", text);
    const customer = document.querySelector('[name="customer_id"]')?.value;
    if (customer) url.searchParams.set("customer", customer);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { rows } = await answer.json();
    this.offers.replaceChildren(
      ...rows.map((row) => {
        const option = document.createElement("option");
        option.value = row.code;
        option.label = row.text;
        return option;
      }),
    );
  }
}

for (const table of document.querySelectorAll("[data-order-lines]")) new Lines(table);
