// The search: MiniSearch finds and ranks the sections of all pages, those it names in their titles
// first. It and their text are fetched when the box is first entered. "/" leads there; arrows go on.

const SHOWN = 12; // sections found
const SNIPPET = 160; // letters of a section around the words that were looked for

function fetched(name) {
  return new Promise((done) => {
    const script = document.createElement("script"); // a page of a memory stick may not fetch()
    Object.assign(script, { src: name, onload: done });
    document.head.append(script);
  });
}

async function indexOfSections() {
  await Promise.all(["minisearch.js", "sections.js"].map(fetched));
  const titles = {};
  for (const [page, , title] of SECTIONS) titles[page] ??= title;
  const index = new MiniSearch({
    fields: ["title", "text", "chapter"],
    storeFields: ["page", "anchor", "title", "text", "chapter"],
    searchOptions: {
      boost: { title: 4, chapter: 1.5 },
      prefix: true,
      combineWith: "AND",
      fuzzy: (word) => (word.length > 4 ? 0.2 : 0),
    },
  });
  index.addAll(
    SECTIONS.map(([page, anchor, title, text], id) => ({
      id,
      page,
      anchor,
      title,
      text,
      chapter: titles[page],
    })),
  );
  return index;
}

// The words that were found, wherever they stand in a text.
function wordsPattern(terms) {
  const any = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, "giu");
}

// The part of a text with the most of these words.
function snippet(text, pattern) {
  const hits = [...text.matchAll(pattern)];
  const near = (hit) =>
    new Set(
      hits
        .filter(({ index }) => index >= hit.index && index < hit.index + SNIPPET - 40)
        .map(([word]) => word.toLowerCase()),
    ).size;
  const best = hits.reduce((a, b) => (a && near(a) >= near(b) ? a : b), null);
  const from = best && best.index > 40 ? text.lastIndexOf(" ", best.index - 30) + 1 : 0;
  const rest = text.length > from + SNIPPET;
  const part = text.slice(from, from + SNIPPET);
  return `${from ? "… " : ""}${rest ? `${part.slice(0, part.lastIndexOf(" "))} …` : part}`;
}

function marked(text, pattern) {
  const parts = [];
  let from = 0;
  for (const { 0: word, index } of text.matchAll(pattern)) {
    const mark = document.createElement("mark");
    mark.textContent = word;
    parts.push(text.slice(from, index), mark);
    from = index + word.length;
  }
  return [...parts, text.slice(from)];
}

function hitItem({ page, anchor, title, text, chapter, terms }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const words = document.createElement("span");
  const pattern = wordsPattern(terms);
  link.href = `${page}.html#${anchor}`;
  if (title !== chapter) link.append(`${chapter} › `);
  link.append(...marked(title, pattern));
  words.append(...marked(snippet(text, pattern), pattern));
  item.append(link, words);
  return item;
}

function searchBox(box, found) {
  let index = null;
  const prepare = () => (index ??= indexOfSections());
  const links = () => [...found.querySelectorAll("a")];
  const leave = () => (found.hidden = true);
  const show = async () => {
    const asked = box.value.trim();
    if (!asked) return leave();
    const sections = await prepare();
    if (box.value.trim() !== asked) return; // more was typed meanwhile
    const hits = sections.search(asked);
    found.replaceChildren(...hits.slice(0, SHOWN).map(hitItem));
    if (!hits.length) found.textContent = "Nothing found. Try fewer or shorter words.";
    found.hidden = false;
  };
  box.onfocus = () => {
    prepare();
    show();
  };
  box.oninput = show;
  found.onclick = leave; // a section of this very page does not load it anew
  addEventListener("pointerdown", ({ target }) => target.closest(".bar") || leave());
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    const inside = target === box || found.contains(target);
    if (key === "Escape") leave();
    if (key === "/" && !target.closest("input, textarea, select")) {
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (!inside || found.hidden || !["ArrowDown", "ArrowUp", "Enter"].includes(key)) return;
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (key === "Enter" && at < 0) all[0]?.click();
    if (key === "Enter") return;
    event.preventDefault();
    const next = at + (key === "ArrowDown" ? 1 : -1);
    if (next < 0) box.focus();
    else all[Math.min(next, all.length - 1)]?.focus();
  });
}

if (document.getElementById("search")) {
  searchBox(document.getElementById("search"), document.getElementById("found"));
}
