// The page around the labs: search, light and dark, copying code, predictions, one lab alone.

const byId = (id) => document.getElementById(id);

if (byId("theme")) {
  byId("theme").onclick = () => {
    const { dataset } = document.documentElement;
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.theme = dataset.theme; } catch { /* a page that may not store anything */ }
  };
}

// Search: the sections in which all words occur, those with them in their title first.
if (byId("search")) {
  byId("search").oninput = ({ target }) => {
    const words = target.value.toLowerCase().split(/\s+/).filter(Boolean), found = byId("found");
    const has = (text) => words.every((word) => text.toLowerCase().includes(word));
    const hits = SECTIONS.filter(([, , title, text]) => has(`${title} ${text}`));
    hits.sort((a, b) => has(b[2]) - has(a[2]));
    found.hidden = !words.length;
    found.replaceChildren(...hits.slice(0, 12).map(([page, anchor, title, text]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
      link.href = `${page}.html#${anchor}`;
      const chapter = page.slice(0, 2);
      link.append(title.startsWith(chapter) ? title : `${chapter} · ${title}`);
      item.append(link, ` …${text.slice(at, at + 110)}…`);
      return item;
    }));
    if (words.length && !hits.length) found.textContent = "Nothing found.";
  };
  const leave = () => { byId("found").hidden = true; };
  byId("found").onclick = leave; // a section of this very page does not load it anew
  addEventListener("keydown", ({ key }) => key === "Escape" && leave());
  addEventListener("pointerdown", ({ target }) => target.closest(".bar") || leave());
}

// A button on each piece of code that copies it.
for (const code of document.querySelectorAll(".highlight pre, pre > code")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "copy";
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "copied";
    } catch { // not allowed here: select it, to be copied by hand
      getSelection().selectAllChildren(code);
    }
  };
  code.closest("div, pre").append(button);
}

// What is scrolled sideways can be reached, and so scrolled, from the keyboard.
const wide = [...document.querySelectorAll('math[display="block"], main pre, main table')];
new ResizeObserver(() => {
  for (const el of wide) {
    if (el.scrollWidth > el.clientWidth) el.setAttribute("tabindex", 0);
    else el.removeAttribute("tabindex");
  }
}).observe(document.body);

// A prediction: the option that was clicked stays marked, and is said again where the answer is folded.
for (const question of document.querySelectorAll(".question")) {
  const buttons = [...question.querySelectorAll("button")];
  const answer = document.querySelector(`[data-recall="${question.dataset.asks}"] > summary`);
  for (const button of buttons) {
    button.onclick = () => {
      for (const b of buttons) b.ariaPressed = String(b === button);
      question.querySelector(".kernel").hidden = false;
      if (answer) answer.textContent = `You predicted: ${button.textContent}. What happens?`;
    };
  }
}

// One lab alone, to be put into another page: lab.html#06_momentum/lab-ravine&lr=0.1
const frame = document.querySelector(".embedded");
if (frame) {
  const [, page, id] = /^#(\w+)\/([\w-]+)/.exec(location.hash) ?? [];
  const place = document.createElement("div"), script = document.createElement("script");
  const lost = () => {
    frame.textContent = "Which lab? The address ends in its chapter and its name: lab.html#06_momentum/lab-ravine";
  };
  const known = page && frame.dataset.pages.split(" ").includes(page);
  if (known) {
    place.id = id;
    frame.append(place);
    history.replaceState(null, "", location.hash.replace(`${page}/`, ""));
    script.src = `${page}.js`;
    script.onload = () => "lab" in place.dataset || lost();
    document.head.append(script);
  } else {
    lost();
  }
}
