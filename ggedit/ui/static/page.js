// What all panels on the page share without asking the server: which thing is selected, and which is
// pointed at. Modules are loaded once, so this object is the same for every panel.

class Shared extends EventTarget {
  selected = null;
  pointed = null;

  /** Selects a thing by id (null for none) and tells every panel. */
  select(id, from = null) {
    if (id === this.selected) return;
    this.selected = id;
    this.dispatchEvent(new CustomEvent('select', { detail: { id, from } }));
  }

  /** Tells the other panels something that concerns them: {compare: [id, id]}, {undo}, {drawing: {name, node}}. */
  tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Highlights a thing lightly while the pointer is over its row, chip or node. */
  point(id) {
    if (id === this.pointed) return;
    this.pointed = id;
    this.dispatchEvent(new CustomEvent('point', { detail: { id } }));
  }
}

export const page = new Shared();

/** Calls back on changes until the panel's element leaves the document. */
export function onShared(element, names, callback) {
  for (const name of names) {
    const listener = (event) => {
      if (element.isConnected) callback(event.detail);
      else page.removeEventListener(name, listener);
    };
    page.addEventListener(name, listener);
  }
}

/** Colour of the thing with this hue number; the golden angle keeps neighbours apart. */
export const colourOf = (hue, alpha = 1) => `hsl(${(205 + hue * 137.508) % 360} 85% 48% / ${alpha})`;
