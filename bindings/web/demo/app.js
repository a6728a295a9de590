// The page: its tabs, and what each of them does.
import { missing } from "./framewise/index.js";
import { Frame } from "./frame.js";
import { Live } from "./live.js";
import { Recording } from "./recording.js";
import { $, hide, showError } from "./words.js";

const parts = { live: new Live(), recording: new Recording(), frame: new Frame() };
const tabs = [...document.querySelectorAll("[role=tab]")];

function choose(tab, focus = false) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    $(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  hide();
  const name = tab.getAttribute("aria-controls");
  const lacking = missing({ live: name === "live" });
  if (lacking) showError(lacking);
  parts[name].draw?.();
}

tabs.forEach((tab, i) => {
  tab.onclick = () => choose(tab);
  tab.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(tabs[(i + step + tabs.length) % tabs.length], true);
    if (event.key === "Home") choose(tabs[0], true);
    if (event.key === "End") choose(tabs.at(-1), true);
  };
});
choose(tabs[0]);

// For the console, and for tests.
globalThis.framewise = parts;

if ("serviceWorker" in navigator) {
  const registered = await navigator.serviceWorker.register("service-worker.js").catch(() => null);
  if (registered) {
    await navigator.serviceWorker.ready;
    $("offline").textContent = "Nothing is sent anywhere. This page is kept in the browser and works without a network.";
  }
}
