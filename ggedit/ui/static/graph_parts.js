// The graph panel's switch, and the fields of what is selected in it.

import { button, el } from './dom.js';
import { page } from './page.js';

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
  const adder = graph.mode === 'ask' ? addFields(graph, node) : null;
  if (!node) return [el('p', { class: 'gg-hint', text: 'Click a thing to select it here and in the picture; drag it to move it.' }), adder];
  return [node.fresh ? null : nodeFields(graph, node), adder];
}

function nodeFields(graph, node) {
  const asking = graph.mode === 'ask';
  return el('div', { class: 'gg-fields' },
    field(asking ? 'Should become' : 'It is a', { value: node.label, 'data-key': 'label', maxlength: '80', title: 'Name of the thing; press Enter',
      onchange: (event) => graph.rename(node, event.target.value) }),
    field(asking ? 'Should look' : 'It looks', { value: node.attributes.join(', '), 'data-key': 'attributes', maxlength: '120', placeholder: 'blue, wooden',
      title: 'Attributes, with commas between them; press Enter', onchange: (event) => graph.setAttributes(node, event.target.value) }));
}

function edgeFields(graph, edge) {
  return el('div', { class: 'gg-fields' },
    field(`${graph.name(edge.subject)} → ${graph.name(edge.object)}`, { value: edge.relation, 'data-key': 'relation', list: 'gg-relations', maxlength: '60',
      title: 'The relation; choose one or type your own, then press Enter',
      onchange: (event) => event.target.value.trim() && graph.relate(edge.subject, event.target.value.trim(), edge.object) }),
    relationList(graph));
}

function addFields(graph, anchor) {
  const thing = el('input', { placeholder: 'a new thing', 'data-key': 'new-label', maxlength: '80', 'aria-label': 'New thing', title: 'What to add, for example “red cup”' });
  const place = el('input', { placeholder: anchor ? `where? (of the ${graph.name(anchor.id)})` : 'somewhere free', disabled: !anchor, list: 'gg-relations', 'data-key': 'new-relation',
    maxlength: '60', 'aria-label': 'Where', title: 'How it relates to the selected thing' });
  return el('div', { class: 'gg-adder' }, thing, place, relationList(graph),
    button('Add', { 'data-key': 'add', title: 'Wish for a new thing', onclick: () => graph.add(thing.value, place.value.trim(), anchor?.id ?? '') }));
}

function field(text, attributes) {
  return el('label', { class: 'gg-field' }, el('span', { text }),
    el('input', { ...attributes, 'aria-label': text, onkeydown: (event) => { if (event.key === 'Enter') event.target.blur(); } }));
}

const relationList = (graph) => el('datalist', { id: 'gg-relations' }, ...graph.view.relations.map((value) => el('option', { value })));

/** The wishes as lines of text, for those who have them as such. */
export function linesForm(graph) {
  const text = el('textarea', { rows: '3', maxlength: '2000', 'aria-label': 'Modification lines', 'data-key': 'lines',
    placeholder: "Remove: 'dog'\nReplace 'cup' by 'vase'\nAdd an object: 'cat'. Add tuple: ['cat' -> on -> 'sofa']" });
  return el('details', { class: 'gg-more' }, el('summary', { text: 'Modification lines' }),
    el('div', { class: 'gg-menu' }, text, button('Plan these lines', { title: 'Read the lines and plan them',
      onclick: () => text.value.trim() && graph.planLines(text.value) })));
}
