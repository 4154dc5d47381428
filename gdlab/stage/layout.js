// Everything that is used together is seen together: the largest picture with which a whole lab,
// picture, player, verdict and sliders, fits into the part of the page that can be seen.

const PHONE = 520; // a lab narrower than this has its panels one below the other
const SLIDERS = 130; // on a phone this height is left for the sliders at least
const SMALLEST = 150; // the picture is no lower than this

// How much of the notebook can be seen at once.
const visible = (node) =>
  document.fullscreenElement ? innerHeight : node.closest(".jp-WindowedPanel-outer")?.clientHeight ?? innerHeight;

// Where the words and the sliders stand: below the picture, or beside it.
function arrange(lab, root, parts, layout) {
  const rows = lab.querySelector(":scope > .gd-rows");
  lab.dataset.layout = layout;
  const [words, colors] = [["beside"], ["beside", "phone"]].map((where) =>
    rows && where.includes(layout) ? rows : root);
  if (parts.verdict.parentNode !== words) words.append(parts.verdict);
  if (parts.legend.parentNode !== colors || colors.lastElementChild !== parts.legend) colors.append(parts.legend);
  if (rows) rows.style.maxHeight = "";
  return rows;
}

// The height that is left for the picture, when all else has got what it needs.
function room(lab, root, parts, layout, height) {
  const rows = arrange(lab, root, parts, layout);
  parts.board.style.width = "10px"; // out of the way
  const style = getComputedStyle(lab);
  const edges = lab.offsetHeight - lab.clientHeight + parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
  const own = root.offsetHeight - parts.frame.offsetHeight; // title, player, words
  const below = layout !== "beside" && rows ? rows.offsetHeight : 0;
  const most = layout === "phone" ? SLIDERS : below; // the others are scrolled
  return { left: height - edges - own - Math.min(below, most) - 18, width: parts.frame.clientWidth };
}

function fit(lab, root, parts, aspect) {
  const height = visible(root), width = lab.clientWidth;
  const layouts = width < PHONE ? ["phone"] : ["below", "beside"];
  let best = null;
  for (const layout of layouts) {
    const { left, width } = room(lab, root, parts, layout, height);
    const picture = Math.min(left, width / aspect);
    if (!best || picture > best.picture + 1) best = { layout, picture };
  }
  const rows = arrange(lab, root, parts, best.layout);
  const picture = Math.max(best.picture, SMALLEST);
  parts.board.style.width = `${Math.floor(picture * aspect)}px`;
  if (rows && best.layout !== "below") { // what does not fit is scrolled, and the picture stays
    const rest = best.layout === "phone" ? lab.offsetHeight - rows.offsetHeight : 24;
    rows.style.maxHeight = `${Math.max(90, height - rest - 6)}px`;
  }
  return { width, height: Math.max(height, lab.offsetHeight), phone: best.layout === "phone" };
}
