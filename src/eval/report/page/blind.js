"use strict";
// Blind listening: which version is which shows only in the results. Nothing is fetched; sound is that of the page.
(() => {
  const root = document.getElementById("blind");
  if (!root) return;
  const find = (name) => root.querySelector(`[data-part="${name}"]`);
  const show = (text) => { find("status").textContent = text; };

  // The same seed gives the same order, on every machine: mulberry32 and the shuffle of Fisher and Yates.
  const generator = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const shuffled = (items, random) => {
    const all = [...items];
    for (let n = all.length - 1; n > 0; n--) {
      const k = Math.floor(random() * (n + 1));
      [all[n], all[k]] = [all[k], all[n]];
    }
    return all;
  };

  // Files with their versions; `system` is a name, or reference or anchor, which are hidden among the others.
  const files = [...document.querySelectorAll("article")].map((article) => ({
    name: article.dataset.file,
    versions: [...article.querySelectorAll("audio")].map((audio) => ({
      system: audio.dataset.role === "system" ? audio.dataset.system : audio.dataset.role,
      source: audio.src,
    })),
  }));
  const clean = files.every((file) => file.versions.some((version) => version.system === "reference"));
  if (!clean) find("kind").querySelector('[value="mushra"]').remove();

  let audio, playing, chosen, trials, at, answers, kind, seed, started, offset;
  // Sound of a trial is there; and which drawing of a trial is the latest.
  let ready = false, drawing = 0;

  const decoded = async (version) => {
    const bytes = Uint8Array.from(atob(version.source.split(",")[1]), (c) => c.charCodeAt(0));
    return audio.decodeAudioData(bytes.buffer);
  };
  const stop = () => {
    if (!playing) return;
    offset = (offset + audio.currentTime - started) % playing.buffer.duration;
    playing.stop();
    playing = undefined;
  };
  // From the same place, so that the difference is heard.
  const play = (version) => {
    stop();
    playing = audio.createBufferSource();
    playing.buffer = version.buffer;
    playing.loop = true;
    playing.connect(audio.destination);
    playing.start(0, offset % version.buffer.duration);
    started = audio.currentTime;
    chosen = version;
    for (const button of root.querySelectorAll("[data-version]")) {
      button.ariaPressed = String(trials[at].versions[button.dataset.version] === version);
    }
    const reference = root.querySelector("[data-reference]");
    if (reference) reference.ariaPressed = String(trials[at].reference === version);
  };

  const makeTrials = () => {
    const random = generator(seed);
    if (kind === "mushra") {
      return shuffled(files, random).map((file) => ({
        file: file.name,
        reference: { ...file.versions.find((version) => version.system === "reference") },
        versions: shuffled(file.versions.map((version) => ({ ...version, score: 50, moved: false })), random),
      }));
    }
    const found = [];
    for (const file of files) {
      const systems = file.versions.filter((version) => !["reference", "anchor"].includes(version.system));
      for (let a = 0; a < systems.length; a++) {
        for (let b = a + 1; b < systems.length; b++) {
          found.push({ file: file.name, versions: shuffled([{ ...systems[a] }, { ...systems[b] }], random) });
        }
      }
    }
    return shuffled(found, random);
  };

  const label = (n) => (kind === "ab" ? "AB"[n] : String(n + 1));
  const draw = async () => {
    stop();
    offset = 0;
    chosen = undefined;
    ready = false;
    const mine = ++drawing;
    const trial = trials[at];
    show(`Trial ${at + 1} of ${trials.length} …`);
    for (const version of [trial.reference, ...trial.versions]) if (version) version.buffer = await decoded(version);
    if (mine !== drawing) return;
    ready = true;
    const body = find("trial");
    body.replaceChildren();
    const button = (text, action, data) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      Object.assign(made.dataset, data);
      made.addEventListener("click", action);
      return made;
    };
    if (trial.reference) body.append(button("Reference (R)", () => play(trial.reference), { reference: "" }));
    trial.versions.forEach((version, n) => {
      const line = document.createElement("div");
      line.className = "version";
      line.append(button(`${label(n)}`, () => play(version), { version: n }));
      if (kind === "mushra") {
        const slider = document.createElement("input");
        Object.assign(slider, { type: "range", min: 0, max: 100, value: version.score, ariaLabel: `score of ${label(n)}` });
        const value = document.createElement("output");
        value.textContent = version.score;
        version.set = (score) => {
          version.score = Math.max(0, Math.min(100, score));
          version.moved = true;
          slider.value = value.textContent = version.score;
        };
        slider.addEventListener("input", () => { version.set(Number(slider.value)); });
        line.append(slider, value);
      }
      body.append(line);
    });
    const answer = document.createElement("div");
    answer.className = "version";
    if (kind === "ab") {
      for (const [text, choice] of [["A is better (1)", 0], ["B is better (2)", 1], ["No difference (0)", -1]]) {
        answer.append(button(text, () => next(choice), {}));
      }
    } else {
      answer.append(button("Next (Enter)", () => next(), {}));
    }
    body.append(answer);
    root.focus({ preventScroll: true });
    show(`Trial ${at + 1} of ${trials.length}. ${kind === "ab"
      ? "A and B play, 1, 2 and 0 answer, space stops."
      : "R and digits play, up and down move the score of what plays (with shift by ten), space stops, Enter goes on."}`);
  };

  const next = (choice) => {
    if (!ready) return;
    const trial = trials[at];
    if (kind === "mushra" && trial.versions.some((version) => !version.moved)) {
      show("Every version needs a score first.");
      return;
    }
    trial.versions.forEach((version, n) => {
      const score = kind === "ab" ? (choice === -1 ? 0.5 : Number(choice === n)) : version.score;
      answers.push({ trial: at + 1, file: trial.file, version: label(n), system: version.system, score });
    });
    at += 1;
    if (at < trials.length) draw(); else finish();
  };

  const quantile = (freedom) => {
    // Student's, 97.5 %, by the expansion 26.7.5 of Abramowitz and Stegun; exact for one and two degrees of freedom.
    if (freedom === 1) return 12.7062;
    if (freedom === 2) return 4.3027;
    const z = 1.959964;
    const terms = [(z ** 3 + z) / 4, (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384];
    return terms.reduce((sum, term, n) => sum + term / freedom ** (n + 1), z);
  };
  // Two-sided, of so many wins among so many decided trials, each way as likely.
  const binomial = (wins, all) => {
    const ways = [1];
    for (let k = 1; k <= all; k++) ways.push(ways[k - 1] * (all - k + 1) / k);
    const as = ways.filter((_, k) => Math.abs(k - all / 2) >= Math.abs(wins - all / 2) - 1e-9);
    return as.reduce((sum, way) => sum + way, 0) / 2 ** all;
  };

  const analyse = () => {
    const lines = [];
    const systems = [...new Set(answers.map((answer) => answer.system))].sort();
    if (kind === "mushra") {
      for (const system of systems) {
        const scores = answers.filter((answer) => answer.system === system).map((answer) => answer.score);
        const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
        const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
        const half = scores.length > 1 ? quantile(scores.length - 1) * Math.sqrt(squares / (scores.length - 1) / scores.length) : NaN;
        lines.push([system, scores.length, mean.toFixed(1), Number.isNaN(half) ? "" : half.toFixed(1), ""]);
      }
      // ITU-R BS.1534-3, post-screening of assessors.
      const hidden = answers.filter((answer) => answer.system === "reference");
      const low = hidden.filter((answer) => answer.score < 90).length;
      const sure = low <= 0.15 * hidden.length;
      return {
        head: ["system", "trials", "mean", "half of the 95 % interval", ""], lines,
        note: sure ? "The hidden reference was found: below 90 in no more than 15 % of the trials."
          : `The hidden reference had less than 90 in ${low} of ${hidden.length} trials: after ITU-R BS.1534-3 these scores are not to be used.`,
      };
    }
    for (let a = 0; a < systems.length; a++) {
      for (let b = a + 1; b < systems.length; b++) {
        const of = (system) => new Map(answers.filter((answer) => answer.system === system)
          .map((answer) => [answer.trial, answer.score]));
        const [first, second] = [of(systems[a]), of(systems[b])];
        const both = [...first].filter(([trial]) => second.has(trial)).map(([, score]) => score);
        const wins = both.filter((score) => score === 1).length;
        const losses = both.filter((score) => score === 0).length;
        lines.push([`${systems[a]} / ${systems[b]}`, both.length, wins, losses, binomial(wins, wins + losses).toFixed(4)]);
      }
    }
    return { head: ["pair", "trials", "first preferred", "second preferred", "p, two-sided"], lines,
      note: "Trials without a difference count for neither. The probability is that of a split as uneven by chance." };
  };

  const field = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  const finish = () => {
    stop();
    const { head, lines, note } = analyse();
    const csv = ["listener,test,seed,trial,file,version,system,score",
      ...answers.map((answer) => [find("listener").value, kind, seed, answer.trial, answer.file, answer.version, answer.system, answer.score]
        .map(field).join(",")),
      "", head.map(field).join(","), ...lines.map((line) => line.map(field).join(",")), field(note)].join("\n");
    const body = find("trial");
    const table = document.createElement("table");
    for (const [n, line] of [head, ...lines].entries()) {
      const row = table.insertRow();
      for (const cell of line) {
        const made = row.appendChild(document.createElement(n === 0 ? "th" : "td"));
        made.textContent = cell;
      }
    }
    const save = document.createElement("a");
    save.download = `listening-${kind}-${seed}.csv`;
    save.href = `data:text/csv;charset=utf-8,${encodeURIComponent(`${csv}\n`)}`;
    save.textContent = "Save as CSV";
    const scroll = document.createElement("div");
    scroll.className = "scroll";
    scroll.append(table);
    const links = document.createElement("p");
    links.className = "save";
    links.append(save);
    body.replaceChildren(scroll, links);
    show(note);
    trials = undefined;
    ready = false;
  };

  find("start").addEventListener("click", () => {
    audio ??= new AudioContext();
    audio.resume();
    kind = find("kind").value;
    seed = Number(find("seed").value) >>> 0;
    trials = makeTrials();
    at = 0;
    answers = [];
    if (trials.length === 0) { show("There is nothing to compare."); return; }
    for (const player of document.querySelectorAll("audio")) player.pause();
    draw();
  });
  root.addEventListener("keydown", (event) => {
    if (!trials || !ready || ["INPUT", "SELECT"].includes(event.target.tagName) && event.target.type !== "range") return;
    const key = event.key.toLowerCase();
    const trial = trials[at];
    const digit = Number.parseInt(key, 10);
    let done = true;
    if (key === " ") { if (playing) stop(); else if (chosen) play(chosen); }
    else if (kind === "ab" && (key === "a" || key === "b")) play(trial.versions["ab".indexOf(key)]);
    else if (kind === "ab" && [0, 1, 2].includes(digit)) next(digit - 1);
    else if (kind === "mushra" && key === "r") play(trial.reference);
    else if (kind === "mushra" && digit >= 1 && digit <= trial.versions.length) play(trial.versions[digit - 1]);
    else if (kind === "mushra" && (key === "arrowup" || key === "arrowdown") && chosen?.set) {
      chosen.set(chosen.score + (key === "arrowup" ? 1 : -1) * (event.shiftKey ? 10 : 1));
    } else if (kind === "mushra" && key === "enter" && event.target.tagName !== "BUTTON") next();
    else done = false;
    if (done) event.preventDefault();
  });
})();
