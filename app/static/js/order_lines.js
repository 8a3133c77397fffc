// The grid of order lines: Enter goes down and adds a line at the end, cells copied from a sheet spread over rows, and
// products are offered while typing. Without script the grid is a plain form with a few empty lines.
const WAIT_MS = 180;
const CELLS = ["product", "quantity", "unit", "price", "discount", "reason", "date", "description"];

class Lines {
  constructor(table) {
    this.table = table;
    this.body = table.tBodies[0];
    this.blank = this.rows().at(-1).cloneNode(true);
    this.empty(this.blank);
    this.offers = document.getElementById("products");
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("paste", (event) => this.paste(event));
    this.body.addEventListener("input", (event) => this.typed(event));
  }

  rows() {
    return [...this.body.querySelectorAll("tr[data-line]")];
  }

  empty(row) {
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      input.classList.remove("is-invalid");
      input.removeAttribute("aria-invalid");
    }
    row.querySelector("select").selectedIndex = 0;
  }

  add() {
    const row = this.blank.cloneNode(true);
    row.querySelector("[data-position]").textContent = String(this.rows().length + 1);
    this.body.append(row);
    return row;
  }

  cell(row, name) {
    return row.querySelector(`[name="line-${name}"]`);
  }

  key(event) {
    if (event.key !== "Enter" || event.target.tagName === "SELECT") return;
    event.preventDefault();
    const rows = this.rows();
    const here = event.target.closest("tr");
    const next = rows[rows.indexOf(here) + 1] || this.add();
    this.cell(next, "product").focus();
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
      at += 1;
    }
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }

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
