// A question with options to click. The chosen one is sent to Python and stays marked.
// One module with the stage's kernel.js, which `widgets.py` puts before it.

const LOST =
  "Run this cell again: the kernel was restarted or stopped, and a click is no longer noted.";

export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "gd-question";
    root.setAttribute("role", "radiogroup");
    const text = document.createElement("p");
    text.textContent = model.get("question");
    root.setAttribute("aria-label", text.textContent);
    const row = document.createElement("div");
    row.className = "gd-options";
    const said = document.createElement("span");
    said.className = "gd-said";
    said.setAttribute("aria-live", "polite");
    let lost = false;
    const buttons = model.get("options").map((option) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = option;
      button.setAttribute("role", "radio");
      button.onclick = () => {
        model.set("chosen", option);
        model.save_changes();
      };
      return button;
    });
    const show = () => {
      const chosen = model.get("chosen");
      for (const button of buttons) {
        button.setAttribute("aria-checked", String(button.textContent === chosen));
        button.disabled = lost;
      }
      said.textContent = lost ? LOST : chosen ? "Noted. Now try it." : "";
    };
    row.append(...buttons, said);
    root.append(text, row);
    el.append(root);
    model.on("change:chosen", show);
    const unwatch = watchKernel(model, () => {
      lost = true;
      show();
    });
    show();
    return () => {
      model.off("change:chosen", show);
      unwatch();
    };
  },
};
