"use strict";
(() => {
  const root = document.documentElement;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; });

  const made = document.getElementById("made");
  const date = new Date(Number(made.dataset.unix) * 1000).toISOString();
  made.dateTime = date;
  made.textContent = `${date.slice(0, 10)} ${date.slice(11, 16)} UTC`;

  // On a narrow page each number stands beside the head of its column.
  for (const any of document.querySelectorAll("main table")) {
    const names = [...any.tHead.rows[0].cells].map((cell) => cell.textContent);
    for (const row of any.tBodies[0].rows) [...row.cells].forEach((cell, n) => { cell.dataset.head = names[n]; });
  }

  const table = document.getElementById("files");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  for (const head of heads) {
    const { column, kind } = head.firstElementChild.dataset;
    head.firstElementChild.addEventListener("click", () => {
      const down = head.ariaSort === "ascending" || (kind === "number" && head.ariaSort === "none");
      for (const other of heads) other.ariaSort = "none";
      head.ariaSort = down ? "descending" : "ascending";
      const key = (row) => {
        const cell = row.cells[column];
        if (kind === "text") return cell.textContent;
        // What has no value stays last, either way.
        return cell.dataset.value === undefined ? (down ? -Infinity : Infinity) : Number(cell.dataset.value);
      };
      const order = kind === "text"
        ? (a, b) => a.key.localeCompare(b.key, undefined, { numeric: true })
        : (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
      const rows = [...body.rows].map((row) => ({ row, key: key(row) }));
      rows.sort((a, b) => (down ? -order(a, b) : order(a, b)));
      body.append(...rows.map(({ row }) => row));
    });
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/);
    for (const row of body.rows) {
      const text = `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });

  // One sound at a time, and the next one from the same place: to hear the difference.
  for (const article of document.querySelectorAll("article")) {
    const players = [...article.querySelectorAll("audio")];
    for (const player of players) {
      player.addEventListener("play", () => {
        for (const other of document.querySelectorAll("audio")) {
          if (other === player || other.paused) continue;
          if (players.includes(other)) player.currentTime = other.currentTime;
          other.pause();
        }
      });
    }
  }
})();
