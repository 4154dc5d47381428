// The page around the labs: light and dark, copying code, predictions, one lab alone.

const byId = (id) => document.getElementById(id);

if (byId("theme")) {
  byId("theme").onclick = () => {
    const { dataset } = document.documentElement;
    dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.theme = dataset.theme; } catch { /* a page that may not store anything */ }
  };
}

// A button on each piece of code that copies it.
for (const code of document.querySelectorAll(".highlight pre, pre > code")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "copy";
  button.onclick = async () => {
    if (await copied(code.textContent)) button.textContent = "copied";
    else getSelection().selectAllChildren(code); // to be copied by hand
  };
  code.closest("div, pre").append(button);
}

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
