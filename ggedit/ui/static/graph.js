// The scene graph. A switch says what a change means: the detector was wrong (a correction, no pixel changes),
// or the picture should change (a request that is planned first).

import { button, el, replaceKeepingFocus, say, svgEl } from './dom.js';
import { asFixes, asWishes, difference, isOfSgedit, readGraph } from './graph_files.js';
import { Undoable } from './undoing.js';
import { connect } from './wire.js';
import { onShared, page } from './page.js';
import { layOut, roomFor } from './graph_layout.js';
import { drawGraph, keyOf } from './graph_drawing.js';
import { inWords, textOf, wishedEdges, wishedNodes, withWish } from './wishes.js';
import { filesForm, inspector, modeSwitch, roomOf } from './graph_parts.js';

export function mount(gradio) {
  new Graph(gradio);
}

const MEANING = {
  fix: 'Changes here correct what was seen. Nothing in the picture changes; the plan is made anew.',
  ask: 'Changes here are wishes. They are planned first, then you run them.',
};
const TAP_MS = 400;
const BLANK = { node: '', label: '', relation: '', anchor: '' };

class Graph {
  view = { nodes: [], edges: [], relations: [], ready: false };
  mode = 'fix';
  modeChosen = false;
  large = false;
  wished = new Undoable([]);
  dragged = new Map();
  chosenEdge = null;
  connecting = null;
  asking = null;
  lastTap = { id: null, at: 0 };

  constructor(gradio) {
    this.element = gradio.element;
    this.#build();
    const wire = connect(gradio, (view) => this.#receive(view));
    this.outbox = wire.outbox;
    onShared(this.element, ['select', 'point'], () => this.draw());
    this.#listen();
    wire.receive();
    this.draw();
    this.element.dataset.ready = '1';
  }

  #build() {
    this.switch = modeSwitch((mode) => this.setMode(mode));
    this.tools = el('div', { class: 'gg-graph-tools' });
    this.notice = el('p', { class: 'gg-notice', role: 'alert', hidden: true });
    this.question = el('div', { class: 'gg-question', hidden: true });
    this.svg = svgEl('svg', { class: 'gg-graph-svg', tabindex: '0', 'aria-label': 'Scene graph' });
    this.room = roomOf(this.svg);
    this.inspect = el('div', { class: 'gg-inspect' });
    this.wishList = el('div', { class: 'gg-wishes', hidden: true });
    this.files = filesForm(this);
    this.meaning = el('p', { class: 'gg-reason' });
    this.body = el('div', {}, this.meaning, this.notice, this.question, this.tools, this.room, this.inspect, this.wishList, this.files);
    this.element.querySelector('.gg-root').replaceChildren(
      el('div', { class: 'gg-graph-head' }, el('h2', { text: 'Scene graph' }), this.switch), this.body);
  }

  #receive(view) {
    const otherPicture = view.doc !== this.view.doc;
    const planned = !otherPicture && this.wishes.length && !this.outbox.pending.length && this.sent;
    this.view = view;
    if (otherPicture || planned) this.wished.reset([]);
    if (otherPicture) this.dragged.clear();
    if (!this.outbox?.pending.length) this.sent = false;
    say(this.notice, view.notice);
    this.draw();
  }

  // what is there -----------------------------------------------------------------------------

  get wishes() {
    return this.wished.value;
  }

  nodes() {
    return wishedNodes(this.view.nodes, this.wishes);
  }

  edges() {
    return wishedEdges(this.view.edges, this.wishes);
  }

  node(id) {
    return this.nodes().find((node) => node.id === id) ?? null;
  }

  edge(key) {
    return this.edges().find((edge) => keyOf(edge) === key) ?? null;
  }

  name = (id) => this.view.nodes.find((node) => node.id === id)?.label ?? this.node(id)?.label ?? id;

  // what the person does ----------------------------------------------------------------------

  setMode(mode) {
    this.mode = mode;
    this.modeChosen = true;
    this.asking = null;
    this.draw();
  }

  wish(wish) {
    this.wished.put(withWish(this.wishes, { ...BLANK, ...wish }));
    this.draw();
  }

  fix(...edits) {
    this.outbox.push(...edits);
  }

  rename(node, label) {
    const clean = label.trim();
    if (!clean || clean === node.label) return;
    if (this.mode === 'ask') this.wish({ wish: 'replace', node: node.id, label: clean });
    else this.fix({ kind: 'fix_node', id: node.id, label: clean, attributes: node.attributes });
  }

  setAttributes(node, text) {
    const words = text.split(',').map((word) => word.trim()).filter(Boolean);
    if (this.mode === 'fix') return this.fix({ kind: 'fix_node', id: node.id, label: node.label, attributes: words });
    const fresh = words.filter((word) => !node.attributes.includes(word));
    return fresh.forEach((label) => this.wish({ wish: 'restyle', node: node.id, label }));
  }

  relate(subject, relation, object) {
    if (subject === object) return say(this.notice, 'A relation needs two different things.');
    if (this.mode === 'ask') this.wish({ wish: 'relate', node: subject, relation, anchor: object });
    else this.fix({ kind: 'fix_edge', subject, object, relation });
    this.chosenEdge = keyOf({ subject, object });
    return this.draw();
  }

  /** Deleting may mean either; the first time the person is asked. */
  remove() {
    const edge = this.chosenEdge && this.edge(this.chosenEdge);
    if (edge && this.mode === 'fix') this.fix({ kind: 'fix_edge', subject: edge.subject, object: edge.object, relation: '' });
    else if (edge) say(this.notice, 'A relation cannot be wished away: choose another one for it, or fix what was seen.');
    const node = !edge && this.node(page.selected);
    if (node && !this.modeChosen) this.asking = node.id;
    else if (node && this.mode === 'ask') this.wish({ wish: 'remove', node: node.id });
    else if (node) this.fix({ kind: 'fix_drop_node', id: node.id });
    this.chosenEdge = null;
    this.draw();
  }

  add(label, relation, anchor) {
    if (label.trim()) this.wish({ wish: 'insert', label: label.trim(), relation, anchor });
    else say(this.notice, 'Say what the new thing is, for example “red cup”.');
  }

  /** A thing that was missed: its box is drawn next, or it stands in the graph without one. */
  addMissed(label, { withBox }) {
    const name = label.trim();
    if (!name) return say(this.notice, 'Say what was missed, for example “cup”.');
    if (withBox) return page.tell('drawing', { name });
    return this.fix({ kind: 'fix_add_node', label: name, attributes: [] });
  }

  /** Wishes are taken back here; corrections are the whole page's. */
  step(way) {
    const own = this.mode === 'ask' && (way === 'undo' ? this.wished.canUndo : this.wished.canRedo);
    if (!own) return page.tell(way);
    this.wished[way]();
    return this.draw();
  }

  /** A saved graph: what differs from what is seen becomes corrections or wishes, as the switch says. */
  load(text) {
    if (isOfSgedit(text)) return this.fix({ kind: 'bring_in', text });
    try {
      const found = difference(this.view, readGraph(text));
      const edits = this.mode === 'ask' ? asWishes(found, this.view) : asFixes(found);
      if (!edits.length) say(this.notice, 'The file says what is seen already: nothing differs.');
      else if (this.mode === 'ask') this.wished.put(edits.map((wish) => ({ ...BLANK, ...wish })));
      else this.fix(...edits);
      if (edits.length) say(this.notice, '');
    } catch (error) {
      say(this.notice, error.message);
    }
    return this.draw();
  }

  plan() {
    this.sent = true;
    this.outbox.push({ kind: 'ask_graph', changes: this.wishes.map((wish) => ({ ...wish })) });
  }

  enlarge(large) {
    this.large = large;
    this.draw();
  }

  planLines(text) {
    this.outbox.push({ kind: 'ask_lines', text });
  }

  // drawing -----------------------------------------------------------------------------------

  draw() {
    const ready = this.view.ready;
    this.element.querySelector('.gg-root').hidden = !ready;
    if (!ready) return;
    const nodes = this.nodes();
    this.places = layOut(nodes.map((node) => ({ id: node.id, text: textOf(node), box: node.box })), this.view, this.dragged);
    this.element.dataset.mode = this.mode;
    this.meaning.textContent = MEANING[this.mode];
    for (const input of this.switch.querySelectorAll('input')) input.checked = input.value === this.mode;
    drawGraph(this.svg, { nodes, edges: this.edges(), places: this.places, selected: page.selected, pointed: page.pointed,
      chosenEdge: this.chosenEdge, from: this.connecting });
    this.room.show(roomFor(nodes.length), this.places.get(page.selected));
    this.element.classList.toggle('is-large', this.large);
    this.files.show(this.mode);
    this.room.hidden = !nodes.length;
    if (!nodes.length) this.meaning.textContent = 'No thing was looked for: this request is about the whole picture. What you add here joins the next plan.';
    this.#drawTools();
    this.#drawQuestion();
    replaceKeepingFocus(this.inspect, ...inspector(this));
    this.#drawWishes();
  }

  #drawTools() {
    const selected = this.node(page.selected);
    replaceKeepingFocus(this.tools,
      button(this.connecting ? 'Now click the other thing' : 'Connect', { 'data-key': 'connect', class: this.connecting ? 'is-on' : '', disabled: !selected,
        title: 'Say how the selected thing relates to another one', onclick: () => { this.connecting = this.connecting ? null : page.selected; this.draw(); } }),
      button('Delete', { 'data-key': 'delete', disabled: !selected && !this.chosenEdge, title: 'Delete the selected thing or relation (Delete)', onclick: () => this.remove() }),
      button('Undo', { 'data-key': 'undo', title: this.mode === 'ask' ? 'Take back the last wish' : 'Take back the last correction', onclick: () => this.step('undo') }),
      button('Redo', { 'data-key': 'redo', title: 'Bring back what was taken back', onclick: () => this.step('redo') }),
      button('Arrange', { 'data-key': 'arrange', title: 'Put the things where they are in the picture', onclick: () => { this.dragged.clear(); this.draw(); } }),
      button(this.large ? 'Smaller' : 'Larger', { 'data-key': 'large', class: this.large ? 'is-on' : '', 'aria-pressed': String(this.large),
        title: this.large ? 'Back to its place (Escape)' : 'Show the graph as large as the window', onclick: () => this.enlarge(!this.large) }));
  }

  #drawQuestion() {
    this.question.hidden = !this.asking;
    if (!this.asking) return;
    const answer = (mode) => () => { const id = this.asking; this.setMode(mode); page.select(id); this.remove(); };
    replaceKeepingFocus(this.question, el('p', { text: `What is wrong with the ${this.name(this.asking)}?` }),
      el('div', { class: 'gg-options' },
        button('It is not there: fix what was seen', { 'data-key': 'is-wrong', onclick: answer('fix') }),
        button('It should go: remove it from the picture', { 'data-key': 'should-go', onclick: answer('ask') })));
  }

  #drawWishes() {
    this.wishList.hidden = !this.wishes.length;
    const rows = this.wishes.map((wish, at) => el('li', {}, inWords(wish, this.name),
      button('✕', { 'aria-label': 'Take this wish back', title: 'Take this wish back', 'data-key': `wish-${at}`,
        onclick: () => { this.wished.put(this.wishes.filter((one) => one !== wish)); this.draw(); } })));
    replaceKeepingFocus(this.wishList, el('ol', {}, ...rows),
      button('Plan these changes', { class: 'gg-primary', 'data-key': 'plan', title: 'Make a plan from these wishes; nothing is changed yet', onclick: () => this.plan() }));
  }

  // pointer and keys --------------------------------------------------------------------------

  #listen() {
    let drag = null;
    this.svg.addEventListener('pointerdown', (event) => {
      const id = event.target.closest('[data-node]')?.dataset.node;
      const edge = event.target.closest('[data-edge]')?.dataset.edge;
      if (id) {
        this.svg.setPointerCapture(event.pointerId);
        drag = { id, start: [event.clientX, event.clientY], from: this.places.get(id), moved: false };
      } else this.#pressed(null, edge ?? null);
    });
    this.svg.addEventListener('pointermove', (event) => {
      if (!drag) return;
      const scale = 1 / this.svg.getScreenCTM().a;
      const way = [(event.clientX - drag.start[0]) * scale, (event.clientY - drag.start[1]) * scale];
      if (!drag.moved && Math.hypot(...way) < 4) return;
      drag.moved = true;
      this.dragged.set(drag.id, [drag.from[0] + way[0], drag.from[1] + way[1]]);
      this.draw();
    });
    this.svg.addEventListener('pointerup', () => {
      const ended = drag;
      drag = null;
      if (ended && !ended.moved) this.#pressed(ended.id, null);
    });
    this.svg.addEventListener('keydown', (event) => this.#key(event));
  }

  #pressed(id, edge) {
    if (this.connecting && id) {
      const from = this.connecting;
      this.connecting = null;
      this.relate(from, 'next to', id);
      return;
    }
    const again = id && id === this.lastTap.id && performance.now() - this.lastTap.at < TAP_MS;
    this.lastTap = { id, at: performance.now() };
    this.chosenEdge = edge;
    page.select(id, this.element);
    this.draw();
    if (again) this.inspect.querySelector('[data-key=label]')?.select();
  }

  #key(event) {
    const focused = event.target.closest?.('[data-node]')?.dataset.node;
    if ((event.key === 'Enter' || event.key === ' ') && focused) this.#pressed(focused, null);
    else if (event.key === 'Delete' || event.key === 'Backspace') this.remove();
    else if (event.key === 'F2') this.inspect.querySelector('[data-key=label]')?.select();
    else if (event.key === 'Escape' && this.large) this.enlarge(false);
    else if (event.key === 'Escape') this.connecting = null;
    else if ((event.ctrlKey || event.metaKey) && 'zy'.includes(event.key.toLowerCase())) {
      event.stopPropagation();
      this.step(event.shiftKey || event.key.toLowerCase() === 'y' ? 'redo' : 'undo');
    } else return;
    event.preventDefault();
    this.draw();
  }
}
