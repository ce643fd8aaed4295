// The canvas panel: the photo with boxes, masks, clicks and destinations, all of which can be changed.

import { el, replaceKeepingFocus, say, swap, urlOf } from './dom.js';
import { hits } from './geometry.js';
import { connect } from './wire.js';
import { onShared, page } from './page.js';
import { fitted, panned, toPicture, zoomed } from './viewport.js';
import { maskOwner, shownBoxes, shownLost, shownPlaces } from './document.js';
import { MaskLayer, strokeAsPng } from './masks.js';
import { emptyState, floats, stage, toolbar, wipeHandle } from './canvas_parts.js';
import { drawBar, drawLayers, drawList, drawOverlay, placeLayers } from './canvas_drawing.js';
import { Looks } from './canvas_looks.js';
import { showDetails } from './details.js';
import { listenToKeys } from './canvas_keys.js';
import { listenToPointers } from './pointers.js';
import { openDropped, openFile } from './opening.js';
import { ACTIONS } from './canvas_actions.js';
import { TOOLS } from './tools.js';

export function mount(gradio) {
  new Canvas(gradio);
}

class Canvas {
  view = null;
  tool = 'select';
  brushSize = 24;
  everything = false;
  masksShown = true;
  comparing = false;
  wipe = 0.5;
  port = { scale: 1, x: 0, y: 0 };
  drafted = null;
  locked = new Set();
  strokes = new Map();
  listShown = false;
  cleared = null;
  painted = null;
  drawingFor = null;

  constructor(gradio) {
    this.gradio = gradio;
    this.element = gradio.element;
    this.masks = new MaskLayer(() => this.draw());
    this.#build();
    const wire = connect(gradio, (view) => this.#receive(view));
    this.outbox = wire.outbox;
    this.looks = new Looks(this, gradio);
    listenToKeys(this);
    listenToPointers(this);
    openDropped(this);
    onShared(this.element, ['select', 'point'], () => this.draw());
    onShared(this.element, ['compare'], (ids) => (ids ? this.looks.compare(ids) : this.endPair()));
    onShared(this.element, ['drawing'], (thing) => this.act('draw', thing));
    new ResizeObserver(() => this.#resized()).observe(this.window);
    wire.receive();
    this.draw();
    this.element.dataset.ready = '1';
  }

  #build() {
    this.bar = toolbar((name, value) => this.act(name, value), (file) => openFile(this, file));
    const layers = stage(this.masks.canvas);
    const { node, ...parts } = layers;
    Object.assign(this, { stage: node, ...parts });
    this.empty = emptyState((file) => openFile(this, file), (name) => this.push({ kind: 'example', name }));
    this.wipeBar = wipeHandle();
    this.floats = floats((name, value) => this.act(name, value));
    this.window = el('div', { class: 'gg-window', tabindex: '0', 'aria-label': 'Picture with boxes and masks' },
      this.stage, this.wipeBar, this.floats.size, this.floats.zoom);
    this.notice = el('p', { class: 'gg-notice', role: 'alert', hidden: true });
    this.details = el('div', { class: 'gg-details' });
    this.list = el('ul', { class: 'gg-list', 'aria-label': 'Things in the picture' });
    this.element.querySelector('.gg-root').replaceChildren(
      this.bar, this.window, this.empty.node, this.notice, this.details, this.list);
    this.photo.addEventListener('load', () => this.#pictureLoaded());
  }

  // what the server said ----------------------------------------------------------------------

  #receive(view) {
    const other = view.doc !== this.view?.doc;
    this.view = view;
    const waiting = new Set(this.outbox?.pending.map(({ n }) => n));
    for (const n of this.strokes.keys()) if (!waiting.has(n)) this.strokes.delete(n);
    if (this.cleared && this.painted && !waiting.has(this.painted)) this.cleared = this.painted = null;
    if (view.examples) this.empty.show(view.examples);
    if (other) this.#freshPicture();
    if (view.doc !== this.pairDoc) this.endPair();
    if (!view.before && !this.looks.pair) this.comparing = false;
    else if (view.before && view.compare && view.compare !== this.lastCompare) this.#beginComparing();
    this.lastCompare = view.compare;
    if (view.select) page.select(view.select, this.element);
    say(this.notice, view.notice);
    this.#showPhoto();
    this.draw();
  }

  /** The divider starts in the middle of what was changed. */
  #beginComparing() {
    this.endPair();
    this.comparing = true;
    const [x1, , x2] = this.view.changed ?? [0, 0, this.picture.width, 0];
    this.wipe = (x1 + x2) / 2 / this.picture.width;
  }

  #freshPicture() {
    this.#resized();
    this.locked.clear();
    this.strokes.clear();
    this.cleared = null;
    this.port = null;
    page.select(null);
  }

  #showPhoto() {
    const { pair } = this.looks;
    const shown = [[this.photo, pair?.after.file ?? this.view.picture?.file], [this.before, pair?.before.file ?? this.view.before]];
    const urls = shown.map(([, file]) => urlOf(file));
    if (urls.join() !== this.shownUrls) this.looks.forget();
    this.shownUrls = urls.join();
    for (const [image, file] of shown) swap(image, urlOf(file), () => this.draw());
  }

  /** Two turns that were chosen in the history are laid over each other. */
  comparePair() {
    this.comparing = true;
    this.pairDoc = this.view.doc;
    this.wipe = 0.5;
    this.#showPhoto();
  }

  endPair() {
    if (!this.looks.pair) return;
    this.looks.forget({ pair: true });
    this.comparing = false;
    page.tell('compared');
    this.#showPhoto();
  }

  /** What stands left and right of the divider. */
  sideNames() {
    const { pair } = this.looks;
    return pair ? [pair.before.text, pair.after.text] : ['before', 'after'];
  }

  #pictureLoaded() {
    this.element.dataset.picture = this.view?.doc ?? '';
    this.draw();
  }

  #resized() {
    if (this.view?.picture) this.window.style.setProperty('--aspect', String(this.picture.width / this.picture.height));
    if (this.view?.picture) this.port = fitted(this.room(), this.picture);
    this.draw();
  }

  // what is there -----------------------------------------------------------------------------

  get picture() {
    return this.view?.picture ?? { width: 1, height: 1 };
  }

  get selected() {
    return page.selected;
  }

  /** Picture pixels per CSS pixel. */
  get unit() {
    return 1 / (this.port?.scale || 1);
  }

  get pending() {
    return this.outbox?.pending ?? [];
  }

  room() {
    const { width, height } = this.window.getBoundingClientRect();
    return { width, height };
  }

  boxes() {
    const shown = shownBoxes(this.view, this.pending);
    if (this.everything) return shown;
    const asked = new Set(this.view?.question?.candidates ?? []);
    const marked = ({ id, role }) => role !== 'scene' && role !== 'dropped' || asked.has(id);
    return shown.filter((box) => marked(box) || box.id === this.selected || box.id === page.pointed || box.candidate);
  }

  places() {
    return shownPlaces(this.view, this.pending).map((place) => ({ ...place, id: `place:${place.index}`, place: true }));
  }

  /** Things that were not found: those with a proposed box can be confirmed. */
  lost() {
    return shownLost(this.view, this.pending);
  }

  /** Everything that a click can select. */
  things() {
    return [...this.places(), ...this.boxes(), ...this.lost().filter(({ box }) => box)];
  }

  thing(id) {
    return id === null ? null : [...this.places(), ...shownBoxes(this.view, this.pending), ...this.lost()].find((one) => one.id === id) ?? null;
  }

  isLocked(id) {
    return this.locked.has(id) || this.lost().some((one) => one.id === id);
  }

  clauses() {
    return this.view?.clauses ?? [];
  }

  maskOf(id) {
    return (this.view?.masks ?? []).find((mask) => mask.id === id) ?? null;
  }

  candidatesOf(id) {
    return this.view?.candidates?.[id] ?? [];
  }

  pointOf(event) {
    const { left, top } = this.window.getBoundingClientRect();
    return toPicture(this.port, [event.clientX - left, event.clientY - top]);
  }

  hint() {
    const tool = TOOLS[this.tool];
    if (tool.needsMask && !this.owner()) return 'Select a thing first: click it with the Select tool, then correct its mask.';
    return this.view?.hint ?? '';
  }

  owner() {
    return maskOwner(this.view, this.selected);
  }

  // what the person does ----------------------------------------------------------------------

  push(edit) {
    say(this.notice, '');
    const n = this.outbox.push(edit);
    this.draw();
    return n;
  }

  select(id) {
    page.select(id, this.element);
  }

  moveThing(id, box) {
    const place = id.startsWith('place:');
    this.push(place ? { kind: 'move_place', index: Number(id.slice(6)), box } : { kind: 'move_box', id, box });
  }

  addBox(box) {
    const clause = this.view?.question?.clause ?? (this.clauses().length === 1 ? this.clauses()[0].index : null);
    const { name, node } = this.drawingFor ?? {};
    const label = name ?? this.clauses().find(({ index }) => index === clause)?.phrase ?? 'thing';
    this.act('tool', 'select');
    if (node) this.push({ kind: 'confirm_node', id: node, box });
    else this.push({ kind: 'add_box', label, box, clause: name ? null : clause });
  }

  dropBox(id) {
    this.select(null);
    this.push({ kind: 'drop_box', id });
  }

  rename(id, label) {
    if (label.trim()) this.push({ kind: 'rename_box', id, label: label.trim() });
  }

  toggleLock(id) {
    if (!this.locked.delete(id)) this.locked.add(id);
    this.draw();
  }

  toggleChoice(id, clause) {
    const chosen = this.view.boxes.filter((box) => (box.clauses ?? []).includes(clause)).map((box) => box.id);
    const wanted = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    if (wanted.length) this.push({ kind: 'choose', clause, ids: wanted });
    else say(this.notice, 'One thing must be meant: take another one first.');
  }

  clickAt([x, y], positive) {
    const [cx, cy] = [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
    if (cx < 0 || cy < 0 || cx >= this.picture.width || cy >= this.picture.height) return;
    const id = this.#clicksOn([cx, cy]);
    if (id) this.push({ kind: 'click', id, x: cx, y: cy, positive });
    else if (positive && this.view?.ready) this.push({ kind: 'add_by_click', x: cx, y: cy, clause: this.view.question?.clause ?? null });
    else this.draw();
  }

  /** Whose mask a click corrects. While it is asked which thing is meant, a click beside the guess means another one. */
  #clicksOn(point) {
    const id = this.owner();
    const beside = id !== null && !hits([this.thing(id)], point).length;
    return this.view?.question && beside ? null : id;
  }

  paint(gesture) {
    const id = this.owner();
    const stroke = id && strokeAsPng(gesture, this.picture);
    if (!stroke || this.cleared === id && !gesture.include) return this.draw();
    const fresh = this.cleared === id && gesture.include;
    const n = this.push({ kind: 'paint', id, include: gesture.include, fresh, ...stroke });
    this.strokes.set(n, { ...gesture, id, points: [...gesture.points] });
    if (fresh) this.painted = n;
    return this.draw();
  }

  /** Hides the mask; what is painted next is the whole of it. Nothing is sent before. */
  clearMask(id) {
    this.cleared = this.cleared === id ? null : id;
    if (this.cleared) this.act('tool', 'brush');
    say(this.notice, this.cleared ? 'The mask is cleared: paint or circle what belongs to the thing. “Start over” brings the old one back.' : '');
    this.draw();
  }

  shelve({ id, label }) {
    this.push({ kind: 'shelve', id, name: label });
  }

  saveMask(id) {
    this.push({ kind: 'download', what: 'mask', id });
  }

  pickMask(id, candidate) {
    this.push({ kind: 'pick_mask', id, candidate });
  }

  reshape(id, how) {
    this.cleared = null;
    this.push({ kind: 'reshape', id, how });
  }

  importMask(id, file) {
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => this.push({ kind: 'import_mask', id, png: reader.result });
    reader.readAsDataURL(file);
  }

  /** Display pixels per picture pixel. */
  ratio() {
    return (this.photo.naturalWidth || 1) / this.picture.width;
  }

  act(name, value) {
    ACTIONS[name]?.(this, value);
    this.draw();
  }

  zoomBy(factor, at) {
    const room = this.room();
    this.port = zoomed(this.port, factor, at ?? [room.width / 2, room.height / 2], { room, picture: this.picture });
    this.#drawView();
  }

  pan(way) {
    this.port = panned(this.port, way, { room: this.room(), picture: this.picture });
    this.#drawView();
  }

  /** The view moved and nothing else changed. */
  #drawView() {
    placeLayers(this);
    drawLayers(this);
    drawBar(this);
  }

  /** What is being drawn right now; nothing is sent before the gesture ends. */
  draft(gesture) {
    this.drafted = gesture;
    drawOverlay(this);
  }

  // drawing -----------------------------------------------------------------------------------

  draw() {
    const open = Boolean(this.view?.picture);
    for (const node of [this.window, this.bar]) node.hidden = !open;
    this.empty.node.hidden = open;
    this.details.hidden = !open;
    if (!open) return;
    this.port ??= fitted(this.room(), this.picture);
    placeLayers(this);
    drawLayers(this);
    drawBar(this);
    showDetails(this.details, this);
    replaceKeepingFocus(this.list, ...drawList(this));
  }
}
