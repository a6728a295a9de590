// Spectrograms on a canvas.

const STOPS = [[0, 0, 4], [40, 20, 95], [125, 35, 125], [210, 65, 80], [250, 150, 45], [252, 250, 180]];
const FLOOR = -100;
const CEILING = -20;

function between(stops, share) {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const from = Math.min(Math.floor(place), stops.length - 2);
  return stops[from].map((value, i) => Math.round(value + (place - from) * (stops[from + 1][i] - value)));
}

const table = (stops) => Uint8Array.from({ length: 256 * 3 }, (_, i) => between(stops, Math.floor(i / 3) / 255)[i % 3]);
const LEVELS = table(STOPS);
const DIFFERENCES = table([[63, 142, 252], [16, 21, 26], [246, 136, 60]]);

/** Paints a column of pixels of an image; `at(y)` is the share of the colours, 0 at its low end. */
function paint(image, x, colours, at) {
  const { width, height, data } = image;
  for (let y = 0; y < height; y++) {
    const colour = 3 * Math.round(255 * Math.min(Math.max(at(height - 1 - y), 0), 1));
    const to = 4 * (y * width + x);
    data[to] = colours[colour];
    data[to + 1] = colours[colour + 1];
    data[to + 2] = colours[colour + 2];
    data[to + 3] = 255;
  }
}

/** Makes a canvas as fine as the screen; says whether it changed. */
function fit(canvas) {
  const scale = Math.min(devicePixelRatio || 1, 2);
  const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
  if (!width || !height || (canvas.width === width && canvas.height === height)) return false;
  [canvas.width, canvas.height] = [width, height];
  return true;
}

/** Frequencies that are marked, in Hz. */
function marks(context, top, scale) {
  const { width, height } = context.canvas;
  context.font = `${Math.round(11 * scale)}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  for (const [hertz, words] of [[2000, "2 kHz"], [4000, "4"], [6000, "6"], [8000, "8"], [12000, "12"], [16000, "16"]]) {
    if (hertz > 0.94 * top || (top > 14000 && hertz === 6000)) continue;
    const y = Math.round(height * (1 - hertz / top));
    context.fillStyle = "rgba(255,255,255,0.16)";
    context.fillRect(0, y, width, 1);
    context.fillStyle = "rgba(255,255,255,0.82)";
    context.fillText(words, 6 * scale, y - 8 * scale);
  }
}

/** The last seconds of a sound, from right to left. */
export class Scrolling {
  #canvas;
  #drawn = document.createElement("canvas");
  #analyser;
  #levels;
  #seconds;
  #last = 0;
  #owed = 0;

  constructor(canvas, analyser, seconds = 10) {
    this.#canvas = canvas;
    this.#analyser = analyser;
    this.#seconds = seconds;
    this.#levels = new Float32Array(analyser.frequencyBinCount);
  }

  /** Draws what came since the last time. */
  draw(now) {
    const canvas = this.#canvas;
    const drawn = this.#drawn;
    if (fit(canvas) || drawn.width !== canvas.width || drawn.height !== canvas.height) {
      [drawn.width, drawn.height] = [canvas.width, canvas.height];
    }
    if (!canvas.width) return;
    const passed = this.#last ? Math.min((now - this.#last) / 1000, this.#seconds) : 0;
    this.#last = now;
    this.#owed += (passed * drawn.width) / this.#seconds;
    const columns = Math.floor(this.#owed);
    if (columns > 0) {
      this.#owed -= columns;
      this.#analyser.getFloatFrequencyData(this.#levels);
      const context = drawn.getContext("2d");
      context.drawImage(drawn, -columns, 0);
      const image = context.createImageData(1, drawn.height);
      const bins = this.#shown();
      paint(image, 0, LEVELS, (y) => (this.#levels[Math.floor((y / drawn.height) * bins)] - FLOOR + 8) / (CEILING - FLOOR));
      for (let x = drawn.width - columns; x < drawn.width; x++) context.putImageData(image, x, 0);
    }
    const context = canvas.getContext("2d");
    context.drawImage(drawn, 0, 0);
    marks(context, (this.#shown() / this.#levels.length) * (this.#analyser.context.sampleRate / 2), canvas.width / canvas.clientWidth);
  }

  /** Bins up to 12 kHz, above which speech has little. */
  #shown() {
    return Math.min(this.#levels.length, Math.floor((12000 / (this.#analyser.context.sampleRate / 2)) * this.#levels.length));
  }
}

function whole(canvas, picture, rate, colours, share) {
  fit(canvas);
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  if (!width || !picture.columns) return;
  const top = Math.min(rate / 2, 12000);
  const rows = Math.floor(picture.rows * (top / (rate / 2)));
  const image = context.createImageData(width, height);
  for (let x = 0; x < width; x++) {
    const column = Math.floor((x / width) * picture.columns) * picture.rows;
    paint(image, x, colours, (y) => share(column + Math.floor((y / height) * rows)));
  }
  context.putImageData(image, 0, 0);
  marks(context, top, width / canvas.clientWidth);
}

/** A whole sound. */
export function drawLevels(canvas, picture, rate) {
  whole(canvas, picture, rate, LEVELS, (i) => (picture.levels[i] - FLOOR) / (CEILING - FLOOR));
}

/** How much higher one sound is than another, where either can be heard. */
export function drawDifference(canvas, one, zero, rate) {
  const audible = (i) => Math.min(Math.max((Math.max(one.levels[i], zero.levels[i]) + 85) / 15, 0), 1);
  const difference = (i) => (Math.max(one.levels[i], FLOOR) - Math.max(zero.levels[i], FLOOR)) * audible(i);
  whole(canvas, one, rate, DIFFERENCES, (i) => 0.5 + difference(i) / 40);
}
