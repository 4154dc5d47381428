// Everything that is used together is seen together: the largest picture with which a whole lab,
// picture, player, verdict and sliders, fits into the part of the page that can be seen.

const PHONE = 520; // a lab narrower than this has its panels one below the other
const SLIDERS = 130; // on a phone this height is left for the sliders at least
const SMALLEST = 150; // the picture is no lower than this

// How much of the notebook can be seen at once.
const visible = (node) =>
  document.fullscreenElement
    ? innerHeight
    : (node.closest(".jp-WindowedPanel-outer")?.clientHeight ?? innerHeight - bar());

// On a page of the static edition its bar stands above everything, on its cover a title, and below
// a lab that stands alone a line.
const bar = () =>
  [...document.querySelectorAll(".bar, .above, .embedded > .take")].reduce(
    (sum, el) => sum + el.offsetHeight,
    0,
  );

// Where the sliders stand, and with them the words: below the picture, or beside it.
const LAYOUTS = {
  below: { words: "stage", colors: "stage" },
  beside: { words: "rows", colors: "rows" },
  aside: { words: "stage", colors: "stage" }, // so many sliders that there is no room for words
  phone: { words: "stage", colors: "rows" },
};

function arrange(lab, root, parts, layout) {
  const rows = lab.querySelector(":scope > .gd-rows");
  const places = { stage: root, rows: rows ?? root };
  const { verdict, legend } = parts;
  const { words, colors } = LAYOUTS[layout];
  lab.dataset.layout = layout;
  if (verdict.parentNode !== places[words] || legend.parentNode !== places[colors]) {
    places[words].append(verdict);
    places[colors].append(legend);
  }
  if (rows) rows.style.maxHeight = "";
  return rows;
}

// How high the picture may be in a layout, when all else has got what it needs; and by how much
// the sliders, which are then scrolled, are too high.
function room(lab, root, parts, layout, aspect, height) {
  const rows = arrange(lab, root, parts, layout);
  parts.board.style.width = "10px"; // out of the way
  const style = getComputedStyle(lab);
  const sliders = rows?.offsetHeight ?? 0;
  const edges = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom) + 20;
  const own = root.offsetHeight - parts.frame.offsetHeight; // title, player, words
  const below = { below: sliders, phone: Math.min(sliders, SLIDERS) }[layout] ?? 0;
  const most = Math.min(height - edges - own - below, parts.frame.clientWidth / aspect);
  return { layout, most, hidden: below || !rows ? 0 : Math.max(0, sliders - height + edges) };
}

function fit(lab, root, parts, aspect) {
  const height = visible(root);
  const width = lab.clientWidth;
  const layouts = width < PHONE ? ["phone"] : ["below", "beside", "aside"];
  const rooms = layouts.map((layout) => room(lab, root, parts, layout, aspect, height));
  const worth = ({ most, hidden }) => most - 3 * hidden;
  const best = rooms.reduce((a, b) => (worth(b) > worth(a) + 1 ? b : a));
  const rows = arrange(lab, root, parts, best.layout);
  parts.board.style.width = `${Math.floor(Math.max(best.most, SMALLEST) * aspect)}px`;
  if (rows && best.layout !== "below") {
    // what does not fit is scrolled, and the picture stays
    const rest = best.layout === "phone" ? lab.offsetHeight - rows.offsetHeight : 24;
    rows.style.maxHeight = `${Math.max(90, height - rest - 6)}px`;
  }
  return { width, height: Math.max(height, lab.offsetHeight), phone: best.layout === "phone" };
}
