// Is the kernel still there that made a widget? A restart, a death, a stop, another kernel: whatever
// ends it, its widgets never answer again. A connection that only broke is not the end.

const ENDED = ["starting", "restarting", "autorestarting", "terminating", "dead"];

// Calls `ended` then, at least once; returns what ends the watch. Other front ends tell of the
// comm alone.
function watchKernel(model, ended) {
  const kernel = model.widget_manager?.kernel;
  const look = (_, status) => ENDED.includes(status) && ended();
  kernel?.statusChanged?.connect(look);
  kernel?.disposed?.connect(ended);
  if (!kernel?.statusChanged) model.on("comm_live_update", ended);
  return () => {
    kernel?.statusChanged?.disconnect(look);
    kernel?.disposed?.disconnect(ended);
    model.off("comm_live_update", ended);
  };
}
