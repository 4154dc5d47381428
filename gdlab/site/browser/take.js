// A line under each lab, to take its picture along: as Python, as a link, or into another page.

function takeLine(lab) {
  const alone = Boolean(lab.el.closest(".embedded"));
  const line = document.createElement("div");
  const said = document.createElement("output");
  line.className = "take";
  line.append("Take this picture along: ");
  for (const [name, title, words] of [
    ["Python", "copy the line of Python that shows it in a notebook", () => lab.line()],
    ["link", "copy the address of this page with this picture", () => linkTo(lab)],
    [
      "embed",
      "copy the line of HTML that puts this lab into a page of yours",
      () => embedding(lab),
    ],
  ]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name, title });
    button.dataset.take = name.toLowerCase();
    button.onclick = async () => {
      const code = document.createElement("code");
      code.textContent = words();
      said.replaceChildren((await copied(code.textContent)) ? "Copied: " : "Copy this: ", code);
      if (said.textContent.startsWith("Copy this")) getSelection().selectAllChildren(code);
    };
    line.append(button);
  }
  if (alone) {
    const home = document.createElement("a");
    Object.assign(home, {
      textContent: "read the chapter",
      target: "_blank",
      rel: "noopener",
      href: linkTo(lab),
    });
    home.onclick = () => {
      home.href = linkTo(lab);
    };
    line.append(home);
  }
  line.append(said);
  const note = lab.el.nextElementSibling; // what a recorded lab says of itself
  (note?.matches(".kernel") ? note : lab.el).after(line);
}

function embedding(lab) {
  const height = 20 * Math.ceil((lab.el.offsetHeight + 60) / 20);
  const title = lab.model.get("title").replaceAll('"', "&quot;");
  return `<iframe src="${linkTo(lab, true).replaceAll("&", "&amp;")}" title="${title}" width="100%" height="${height}" style="border: 0" loading="lazy" allow="fullscreen; clipboard-write"></iframe>`;
}

// Whether a text could be put on the clipboard; a frame without leave may not.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
