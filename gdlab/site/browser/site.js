// The page around the labs: light and dark, copying code, predictions, one lab alone.

const byId = (id) => document.getElementById(id);

if (byId("theme")) {
  byId("theme").onclick = () => {
    const { dataset } = document.documentElement;
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.theme = dataset.theme;
    } catch {
      /* a page that may not store anything */
    }
  };
}

// The sections of a chapter unfold from the bar, and fold again once one was chosen, or none.
const menu = document.querySelector(".menu");
if (menu) {
  const fold = () => {
    menu.open = false;
  };
  menu.querySelector("nav").onclick = fold;
  addEventListener("pointerdown", ({ target }) => menu.contains(target) || fold());
  addEventListener("keydown", ({ key }) => key === "Escape" && fold());
}

// A button on each piece of code that copies it; of an example its lines without >>> and results.
for (const code of document.querySelectorAll(".highlight pre, pre > code")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "copy";
  button.onclick = async () => {
    const plain = code.cloneNode(true);
    for (const extra of plain.querySelectorAll(".gp, .go, .copy")) extra.remove();
    if (await copied(plain.textContent)) button.textContent = "copied";
    else getSelection().selectAllChildren(code); // to be copied by hand
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
  const place = document.createElement("div");
  const script = document.createElement("script");
  const lost = () => {
    frame.textContent =
      "Which lab? The address ends in its chapter and its name: lab.html#06_momentum/lab-ravine";
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
