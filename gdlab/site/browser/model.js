// What a Stage expects of a kernel: values by name, and who wants to know of a change.
class Model {
  constructor(values, sent) {
    Object.assign(this, { values, sent, listeners: {} });
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
  }

  save_changes() {
    this.sent(this.values);
  }

  on(events, act) {
    for (const event of events.split(" ")) (this.listeners[event] ??= []).push(act);
  }

  off() {}

  put(values) {
    const fresh = Object.keys(values).filter((name) => this.values[name] !== values[name]);
    Object.assign(this.values, values);
    const acts = new Set(fresh.flatMap((name) => this.listeners[`change:${name}`] ?? []));
    for (const act of acts) act();
  }
}
