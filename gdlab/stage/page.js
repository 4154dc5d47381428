// What a reader sees of the Stage: buttons and the places of picture, player, verdict and legend.

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
const PLAY = icon("M7 4l13 8-13 8z");
const PAUSE = icon("M6 4h4v16H6zM14 4h4v16h-4z");
const BACK = icon("M5 4h3v16H5zM20 4v16L9 12z");
const FORWARD = icon("M16 4h3v16h-3zM4 4v16l11-8z");
const FULL = icon("M3 9V3h6v2H5v4zM15 3h6v6h-2V5h-4zM3 15h2v4h4v2H3zM19 15h2v6h-6v-2h4z");
const COPY = icon("M8 3h11v13h-2V5H8zM5 7h10v14H5zm2 2v10h6V9z");
const LOOP = icon("M7 7h9V4l5 4-5 4V9H8v4H6V8zM17 17H8v3l-5-4 5-4v3h8v-4h2v5z");

const button = (name, content, title, look = "") => `<button type="button" data-part="${name}"
  class="gd-button ${look}" title="${title}" ${look && `aria-label="${title}"`}>${content}</button>`;

const PAGE = `
  <div class="gd-head">
    <div class="gd-title"><strong data-part="title"></strong><span data-part="formula"></span></div>
    <div class="gd-buttons">
      ${button("flat", "contours", "seen from above")}
      ${button("solid", "3-D", "in perspective: drag to turn")}
      ${button("arrows", "arrows", "show or hide the arrows")}
      ${button("code", COPY, "copy this state as a line of Python", "gd-icon")}
      ${button("full", FULL, "fill the screen", "gd-icon")}
    </div>
  </div>
  <div class="gd-frame" data-part="frame"><div class="gd-board" data-part="board">
    <img data-part="image" alt="" draggable="false"><canvas data-part="canvas" role="img"></canvas>
  </div></div>
  <div class="gd-player" data-part="player">
    ${button("back", BACK, "one step back (←)", "gd-round")}
    ${button("play", PLAY + PAUSE, "play or pause (space)", "gd-round gd-play")}
    ${button("forward", FORWARD, "one step on (→)", "gd-round")}
    <input class="gd-scrub" data-part="scrub" type="range" min="0" step="1" aria-label="step">
    <span class="gd-counter" data-part="counter"></span>
    ${button("speed", "1×", "speed")}
    ${button("loop", LOOP, "play in a loop", "gd-icon")}
  </div>
  <p class="gd-verdict" data-part="verdict" aria-live="polite">
    <strong data-part="kind"></strong><span data-part="words"></span>
  </p>
  <div class="gd-legend" data-part="legend"></div>`;
