// The page around the labs: search, light and dark, copying code, predictions, one lab alone.

const byId = (id) => document.getElementById(id);

// Light or dark: as the system has it, until the reader says otherwise.
const stored = { get: () => { try { return localStorage.theme; } catch { return null; } } };
const theme = stored.get() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.documentElement.dataset.theme = theme;
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
      link.append(`${page.slice(0, 2)} · ${title}`);
      item.append(link, ` …${text.slice(at, at + 110)}…`);
      return item;
    }));
    if (words.length && !hits.length) found.textContent = "Nothing found.";
  };
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

// A prediction: the option that was clicked stays marked.
for (const question of document.querySelectorAll(".question")) {
  const buttons = [...question.querySelectorAll("button")];
  for (const button of buttons) {
    button.onclick = () => buttons.forEach((b) => (b.ariaPressed = String(b === button)));
  }
}

// One lab alone, to be put into another page: lab.html#06_momentum/lab-ravine&lr=0.1
const frame = document.querySelector(".embedded");
if (frame) {
  const [, page, id] = /^#(\w+)\/([\w-]+)/.exec(location.hash) ?? [];
  if (page) {
    const script = document.createElement("script"), place = document.createElement("div");
    place.id = id;
    frame.append(place);
    script.src = `${page}.js`;
    location.hash = location.hash.replace(`${page}/`, "");
    document.head.append(script);
  } else {
    frame.textContent = "Which lab? The address ends in the chapter and the lab: #06_momentum/lab-ravine";
  }
}
