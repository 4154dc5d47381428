// A card that may change its text.

export default {
  render({ model, el }) {
    const show = () => (el.innerHTML = model.get("value"));
    model.on("change:value", show);
    show();
    return () => model.off("change:value", show);
  },
};
