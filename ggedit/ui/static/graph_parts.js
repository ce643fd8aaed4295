// The graph panel's switch, and the fields of what is selected in it.

import { button, el } from './dom.js';
import { page } from './page.js';
import { asLines } from './graph_files.js';

/** Two choices that look different, so that nobody asks for a change by mistake. */
export function modeSwitch(choose) {
  const option = (mode, text, title) => el('label', { class: `gg-mode gg-mode-${mode}`, title },
    el('input', { type: 'radio', name: 'gg-graph-mode', value: mode, onchange: () => choose(mode) }), el('span', { text }));
  return el('div', { class: 'gg-modes', role: 'radiogroup', 'aria-label': 'What a change means' },
    option('fix', 'Fix what was seen', 'The program saw something wrong: correct it'),
    option('ask', 'Ask for a change', 'The picture should become different'));
}

/** Fields for the selected thing or relation; in the asking mode also for a new thing. */
export function inspector(graph) {
  const edge = graph.chosenEdge && graph.edge(graph.chosenEdge);
  if (edge) return [edgeFields(graph, edge)];
  const node = graph.node(page.selected);
  const adder = graph.mode === 'ask' ? addFields(graph, node) : missedFields(graph);
  if (!node) return [el('p', { class: 'gg-hint', text: 'Click a thing to select it here and in the picture; drag it to move it.' }), adder];
  return [node.fresh ? null : nodeFields(graph, node), adder];
}

function nodeFields(graph, node) {
  const asking = graph.mode === 'ask';
  return el('div', { class: 'gg-fields' },
    field(asking ? 'Should become' : 'It is a', { value: node.label, 'data-key': 'label', maxlength: '80', title: 'Name of the thing; press Enter',
      onchange: (event) => graph.rename(node, event.target.value) }),
    field(asking ? 'Should look' : 'It looks', { value: node.attributes.join(', '), 'data-key': 'attributes', maxlength: '120', placeholder: 'blue, wooden',
      title: 'Attributes, with commas between them; press Enter', onchange: (event) => graph.setAttributes(node, event.target.value) }),
    ...(node.found ? learnParts(graph, node) : lostParts(graph, node)));
}

/** A thing without a box: the proposed one is taken, or one is drawn. */
function lostParts(graph, node) {
  const draw = button('Draw its box', { 'data-key': 'draw-lost', title: 'It was not found: draw a box around it in the picture',
    onclick: () => page.tell('drawing', { name: node.label, node: node.id }) });
  if (!node.box) return [el('p', { class: 'gg-hint', text: `The ${node.label} was not found: draw a box around it.` }), draw];
  return [button('Take the dashed box', { 'data-key': 'confirm-lost', title: 'It is where the dashed box is in the picture', onclick: () => graph.fix({ kind: 'confirm_node', id: node.id }) }), draw];
}

/** Learning how a thing looks, so that a step can draw it again; why not, where it can't be done here. */
function learnParts(graph, node) {
  if (node.kind === 'background') return [];
  const lacks = graph.view.learning?.lacks ?? '';
  return [button(node.concept ? 'Learn it anew' : 'Learn this thing', { 'data-key': 'learn', disabled: Boolean(lacks),
    title: lacks || 'Learn how it looks, so that a changed or moved one still looks the same. This takes minutes; Stop ends it',
    onclick: () => graph.fix({ kind: 'learn', id: node.id }) }),
  ...(lacks ? [el('details', { class: 'gg-more' }, el('summary', { text: 'What it lacks', title: 'Why nothing can be learned here' }), el('p', { class: 'gg-reason', text: lacks }))] : []),
  ...(node.concept ? [el('p', { class: 'gg-reason', text: `Learned as ${node.concept}.` })] : [])];
}

function edgeFields(graph, edge) {
  return el('div', { class: 'gg-fields' },
    field(`${graph.name(edge.subject)} → ${graph.name(edge.object)}`, { value: edge.relation, 'data-key': 'relation', list: 'gg-relations', maxlength: '60',
      title: 'The relation; choose one or type your own, then press Enter',
      onchange: (event) => event.target.value.trim() && graph.relate(edge.subject, event.target.value.trim(), edge.object) }),
    relationList(graph));
}

function addFields(graph, anchor) {
  const thing = el('input', { placeholder: 'a new thing', 'data-key': 'new-label', 'data-keep': true, maxlength: '80', 'aria-label': 'New thing', title: 'What to add, for example “red cup”' });
  const place = el('input', { placeholder: anchor ? `where? (of the ${graph.name(anchor.id)})` : 'somewhere free', disabled: !anchor, list: 'gg-relations', 'data-key': 'new-relation', 'data-keep': true,
    maxlength: '60', 'aria-label': 'Where', title: 'How it relates to the selected thing' });
  return el('div', { class: 'gg-adder' }, thing, place, relationList(graph),
    button('Add', { 'data-key': 'add', title: 'Wish for a new thing', onclick: () => graph.add(taken(thing), place.value.trim(), anchor?.id ?? '') }));
}

function missedFields(graph) {
  const thing = el('input', { placeholder: 'a thing that was missed', 'data-key': 'missed-label', 'data-keep': true, maxlength: '80', 'aria-label': 'Missed thing', title: 'What is there and was not found, for example “cup”' });
  return el('div', { class: 'gg-adder' }, thing,
    button('Draw its box', { 'data-key': 'missed-draw', title: 'Draw a box around it in the picture', onclick: () => graph.addMissed(taken(thing), { withBox: true }) }),
    button('Add without a box', { 'data-key': 'missed-add', title: 'It stands in the graph as not found', onclick: () => graph.addMissed(taken(thing), { withBox: false }) }));
}

/** The text of a field, which is empty afterwards. */
function taken(input) {
  const text = input.value;
  input.value = '';
  return text;
}

function field(text, attributes) {
  return el('label', { class: 'gg-field' }, el('span', { text }),
    el('input', { ...attributes, 'aria-label': text, onkeydown: (event) => { if (event.key === 'Enter') event.target.blur(); } }));
}

const relationList = (graph) => el('datalist', { id: 'gg-relations' }, ...graph.view.relations.map((value) => el('option', { value })));

/** The drawing in a frame that scrolls when there are many things, so that their names stay readable. */
export function roomOf(svg) {
  const node = el('div', { class: 'gg-graph-room' }, svg);
  node.show = ({ width, height }, selected) => {
    svg.style.minWidth = `${Math.round(width * SMALLEST_SCALE)}px`;
    svg.style.minHeight = `${Math.round(height * SMALLEST_SCALE)}px`;
    svg.style.maxWidth = `${Math.round(width * LARGEST_SCALE)}px`;
    const key = selected?.join(' ') ?? '';
    if (node.dataset.at === key) return;
    node.dataset.at = key;
    const matrix = selected && svg.getScreenCTM();
    if (matrix) bringIntoSight(node, new DOMPoint(...selected).matrixTransform(matrix));
  };
  return node;
}

/** Scrolls the frame, and nothing else on the page, until a point of the screen is well inside it. */
function bringIntoSight(node, { x, y }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  for (const [side, size, at] of [['scrollLeft', width, x - left], ['scrollTop', height, y - top]]) {
    if (at < NEAR || at > size - NEAR) node[side] += at - size / 2;
  }
}

const SMALLEST_SCALE = 0.86;
const LARGEST_SCALE = 1.5;
const NEAR = 60;

/** The graph as a file, and the wishes as lines of text for those who have them as such. */
export function filesForm(graph) {
  const text = el('textarea', { rows: '3', maxlength: '2000', 'aria-label': 'Modification lines', 'data-key': 'lines', title: 'One change a line',
    placeholder: "Remove: 'dog'\nReplace 'cup' by 'vase'\nAdd an object: 'cat'. Add tuple: ['cat' -> on -> 'sofa']" });
  const lines = el('div', { class: 'gg-lines' }, text,
    button('Plan these lines', { title: 'Read the lines and plan them', onclick: () => text.value.trim() && graph.planLines(text.value) }),
    button('Write my wishes', { title: 'The wishes above as lines', 'data-key': 'write-lines', onclick: () => { text.value = asLines(graph.wishes, graph.view); } }),
    fileLabel('Load lines', '.txt,text/plain', (content) => { text.value = content.slice(0, 2000); }),
    button('Save lines', { title: 'The lines as a text file', onclick: () => save('modifications.txt', text.value) }));
  const meaning = el('p', { class: 'gg-reason' });
  const node = el('details', { class: 'gg-more' }, el('summary', { text: 'Files and lines', title: 'Save or load the graph; changes as lines of text' }),
    el('div', { class: 'gg-menu' },
      button('Save graph (JSON)', { title: 'The graph as it was seen', 'data-key': 'save-graph', onclick: () => page.tell('download', { what: 'graph' }) }),
      fileLabel('Load graph (JSON)', '.json,application/json', (content) => graph.load(content)),
      button('Save for SGEdit', { title: 'The graph as SGEdit’s own file, sg_dict.json', 'data-key': 'save-sg-dict', onclick: () => page.tell('download', { what: 'sg_dict' }) }),
      meaning, el('p', { class: 'gg-reason', text: 'SGEdit’s sg_dict.json can be loaded, too: its boxes, names and relations take the place of what was seen, and a request that was not run is dropped.' }), lines));
  node.show = (mode) => {
    lines.hidden = mode !== 'ask';
    meaning.textContent = mode === 'ask' ? 'What a loaded graph says differently becomes a list of wishes.' : 'What a loaded graph says differently becomes corrections.';
  };
  return node;
}

function fileLabel(text, accept, onText) {
  const input = el('input', { type: 'file', accept, class: 'gg-file', 'aria-label': text, onchange: async (event) => {
    const [file] = event.target.files;
    event.target.value = '';
    if (file) onText(await file.text());
  } });
  return el('label', { class: 'gg-link', title: `${text} from a file` }, text, input);
}

function save(name, text) {
  const link = el('a', { href: URL.createObjectURL(new Blob([text], { type: 'text/plain' })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
