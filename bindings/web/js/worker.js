// Recordings, away from the page's thread. One worker does one thing and is then ended.
import { Engine, clean } from "./engine.js";

onmessage = ({ data: { module, task, channels, rate, options } }) => {
  try {
    const engine = new Engine(module);
    if (task === "score") {
      postMessage({ type: "done", result: engine.score(channels[0], channels[1], rate) });
    } else if (task === "spectrogram") {
      const result = engine.spectrogram(channels[0], rate, options.columns);
      postMessage({ type: "done", result }, [result.levels.buffer]);
    } else {
      const progress = (share) => postMessage({ type: "progress", share });
      const result = clean(engine, channels, rate, options, progress);
      postMessage({ type: "done", result }, result.map((plane) => plane.buffer));
    }
  } catch (error) {
    postMessage({ type: "failed", name: error.name, message: error.message });
  }
};
