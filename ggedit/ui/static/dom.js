// Small helpers to build page elements. Text always goes through textContent, never through markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'text') node.textContent = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...present(children));
  return node;
}

const present = (children) => children.filter((child) => child !== null && child !== undefined);

/** An HTML element; attributes named on* are listeners, `text` is its text. */
export const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** An SVG element, built the same way. */
export const svgEl = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

/** A push button that never submits a form. */
export const button = (text, attributes = {}, ...children) =>
  el('button', { type: 'button', text, ...attributes }, ...children);

/** The address of a file that the server sent along, or null. */
export const urlOf = (file) => file?.url ?? null;

/** Shows one sentence in a live region, or hides the region. */
export function say(region, sentence) {
  region.textContent = sentence ?? '';
  region.hidden = !sentence;
}

/**
 * Replaces the children of `node`, keeping keyboard focus on the element with the same data-key, and what is being
 * typed there: an answer that comes meanwhile must not take it away. Fields with data-keep keep their text always.
 */
export function replaceKeepingFocus(node, ...children) {
  const active = node.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const range = active?.selectionStart === undefined ? null : safeRange(active);
  const typed = [...node.querySelectorAll('input[data-keep]')].map((input) => [input.dataset.key, input.value]);
  if (key && active.matches('input:not([type=checkbox])') && active.value !== active.defaultValue) typed.push([key, active.value]);
  node.replaceChildren(...present(children));
  for (const [name, value] of typed) {
    const input = keyed(node, name);
    if (input && input.getAttribute('aria-invalid') !== 'true') input.value = value;
  }
  if (!key) return;
  const again = keyed(node, key);
  again?.focus({ preventScroll: true });
  if (again && range) again.setSelectionRange?.(...range);
}

const keyed = (node, key) => node.querySelector(`[data-key="${CSS.escape(key)}"]`);

function safeRange(input) {
  return input.selectionStart === null ? null : [input.selectionStart, input.selectionEnd];
}

/** Puts another picture in the place of the shown one, once it can be drawn whole. */
export function swap(image, url, done) {
  image.dataset.wanted = url ?? '';
  if (!url) return image.removeAttribute('src');
  if (image.getAttribute('src') === url) return undefined;
  if (!image.getAttribute('src')) {
    image.src = url;
    return undefined;
  }
  const fresh = new Image();
  fresh.src = url;
  const show = () => {
    if (image.dataset.wanted !== url) return;
    image.src = url;
    done();
  };
  fresh.decode().then(show, show);
  return undefined;
}
