// The canvas panel's elements: toolbar, window with the picture's layers, and the place to open a photo.

import { button, el, svgEl } from './dom.js';
import { TOOLS } from './tools.js';

const ICONS = {
  select: 'M5 3l12 7-5 1.5L9.5 17z',
  box: 'M4 5h14v12H4z',
  include: 'M11 4a7 7 0 100 14 7 7 0 000-14zM11 8v6M8 11h6',
  exclude: 'M11 4a7 7 0 100 14 7 7 0 000-14zM8 11h6',
  brush: 'M17 3L9.5 11.5M8 12c-3 0-2 4-5 5 3 2 7 0 7-3z',
  erase: 'M9 17h9M4 13l7-8 6 5-6 7H7z',
  lasso: 'M11 4c5 0 8 2 8 5s-4 5-8 5-8-2-8-5 3-5 8-5zM7 14c-1 2 1 3 0 5',
  hand: 'M6 11V7m3 3V4m3 6V4m3 7V6M6 11c-3-2-3 1-2 3l3 4h7c2-3 2-6 1-8',
};

export const icon = (name) =>
  svgEl('svg', { class: 'gg-icon', viewBox: '0 0 22 22', 'aria-hidden': 'true' }, svgEl('path', { d: ICONS[name] }));

const fileInput = (name, openFile) =>
  el('input', { type: 'file', accept: 'image/*,.zip,.heic,.avif', 'aria-label': name, class: 'gg-file',
    onchange: (event) => { openFile(event.target.files[0]); event.target.value = ''; } });

/** The row of tools and view switches; `act` is told which was pressed. */
export function toolbar(act, openFile) {
  const tools = Object.entries(TOOLS).map(([name, tool]) =>
    el('button', { type: 'button', class: 'gg-tool', 'data-tool': name, title: tool.title, 'aria-label': tool.text,
      'aria-pressed': 'false', onclick: () => act('tool', name) }, icon(name), el('span', { text: tool.text })));
  const press = pressing(act);
  const open = el('label', { class: 'gg-link gg-open', title: 'Open another photo or a saved session; you can also drop or paste one' }, 'Open',
    fileInput('Open another photo', openFile));
  return el('div', { class: 'gg-toolbar', role: 'toolbar', 'aria-label': 'Canvas tools' }, open,
    el('div', { class: 'gg-group' }, ...tools),
    el('div', { class: 'gg-group gg-right' },
      press('everything', 'All', 'Show everything that was found (A)'),
      press('list', 'List', 'Show the things as a list (T)'),
      press('masks', 'Masks', 'Show or hide the masks (K)'),
      press('edge', 'Edge', 'Show the soft edge as the editor blends it (D)'),
      press('compare', 'Compare', 'Compare before and after (C)'),
      press('keys', '?', 'All keys (?)')));
}

const pressing = (act) => (name, text, title) =>
  button(text, { class: 'gg-tool', 'data-act': name, title, 'aria-label': title, onclick: () => act(name) });

/** On the picture itself: the brush's size while one is held, and the zoom. */
export function floats(act) {
  const press = pressing(act);
  const size = el('label', { class: 'gg-size gg-float', hidden: true, title: 'Brush size in picture pixels ([ and ])' }, 'Size',
    el('input', { type: 'range', min: '2', max: '200', value: '24', 'aria-label': 'Brush size', title: 'Brush size in picture pixels ([ and ])',
      oninput: (event) => act('size', Number(event.target.value)) }));
  const zoom = el('div', { class: 'gg-zoombar gg-float', role: 'group', 'aria-label': 'Zoom' },
    press('out', '−', 'Zoom out (−)'), el('span', { class: 'gg-zoom', title: 'Screen points per picture pixel' }),
    press('in', '+', 'Zoom in (+)'), press('fit', 'Fit', 'Fit the picture into the window (0)'));
  return { size, zoom };
}

/** The layers, bottom to top: photo, photo before the edit, each with its sharper part; masks, boxes. */
export function stage(masks) {
  const image = (name, alt = '') => el('img', { class: name, alt, draggable: 'false' });
  const photo = image('gg-photo', 'The photo being edited');
  const tile = image('gg-tile');
  const before = image('gg-before');
  const tileBefore = image('gg-tile');
  const beforeSide = el('div', { class: 'gg-before-side', hidden: true }, before, tileBefore);
  const svg = svgEl('svg', { class: 'gg-svg', preserveAspectRatio: 'none' });
  const node = el('div', { class: 'gg-layers' }, photo, tile, beforeSide, masks, svg);
  return { node, photo, tile, before, tileBefore, beforeSide, svg };
}

/** The handle that divides before from after. */
export const wipeHandle = () =>
  el('div', { class: 'gg-wipe', hidden: true, role: 'slider', tabindex: '0', 'aria-label': 'Before and after',
    'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': '50' },
  el('span', { class: 'gg-wipe-tag', text: 'before' }), el('span', { class: 'gg-wipe-tag', text: 'after' }));

const STEPS = [
  ['Open', 'a photo, or a session that you saved.'], ['Say', 'what to change, in plain words.'],
  ['Check', 'boxes, masks and the plan; correct what is wrong.'], ['Run', 'it, compare, keep it or take it back.'],
];

const how = () => el('ol', { class: 'gg-how', 'aria-label': 'How it goes' },
  ...STEPS.map(([verb, rest]) => el('li', {}, el('strong', { text: verb }), ` ${rest}`)));

/** What is shown before a photo is open: drop, paste, choose, or take an example. */
export function emptyState(openFile, openExample) {
  const input = fileInput('Choose a photo', openFile);
  const examples = el('div', { class: 'gg-examples' });
  const node = el('div', { class: 'gg-empty' },
    el('div', { class: 'gg-drop' },
      el('strong', { text: 'Open a photo to begin' }),
      el('p', { text: 'Drop it here, paste it, or choose a file. It stays on the machine that runs this page.' }),
      el('label', { class: 'gg-primary', title: 'A photo (PNG, JPEG, WebP, HEIC, AVIF) or a session that was saved here' }, 'Choose a photo', input),
    ),
    el('p', { class: 'gg-or', text: 'or try one of these' }), examples, how());
  const show = (list) => examples.replaceChildren(...list.map((example) =>
    el('button', { type: 'button', class: 'gg-example', 'data-example': example.name,
      title: example.finished ? 'Open this finished session with its history' : 'Open this photo and ask for this',
      onclick: () => openExample(example.name) },
      el('img', { src: example.file.url, alt: '', loading: 'lazy' }), el('span', { text: example.text }))));
  return { node, input, show };
}
