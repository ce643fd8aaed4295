// Pointer, wheel and pinch on the canvas window.

import { clamp } from './geometry.js';
import { placeLayers } from './canvas_drawing.js';
import { TOOLS } from './tools.js';

export function listenToPointers(canvas) {
  const fingers = new Map();
  let gesture = null;
  const { window: area } = canvas;

  const start = (event) => {
    if (!canvas.view?.picture || event.button === 1 || event.target.closest?.('.gg-wipe, .gg-float')) return;
    event.preventDefault();
    area.focus({ preventScroll: true });
    area.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size === 2) gesture = abandon(canvas, fingers);
    if (fingers.size !== 1) return;
    const tool = canvas.spaceHeld ? TOOLS.hand : canvas.comparing ? WIPE : TOOLS[canvas.tool];
    gesture = { tool, state: tool.down(canvas, canvas.pointOf(event), event.target, event) };
  };
  const move = (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (gesture?.pinch) pinch(canvas, gesture, fingers);
    else gesture?.tool.move(canvas, gesture.state, canvas.pointOf(event), event);
  };
  const end = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    const ended = gesture;
    gesture = null;
    if (!ended || ended.pinch) return;
    canvas.drafted = null;
    if (event.type === 'pointerup') ended.tool.up(canvas, ended.state);
    canvas.draw();
  };

  area.addEventListener('pointerdown', start);
  area.addEventListener('pointermove', move);
  area.addEventListener('pointerup', end);
  area.addEventListener('pointercancel', end);
  area.addEventListener('contextmenu', (event) => event.preventDefault());
  area.addEventListener('wheel', (event) => wheel(canvas, event), { passive: false });
  dragWipe(canvas);
}

function wheel(canvas, event) {
  if (!canvas.view?.picture) return;
  event.preventDefault();
  const { left, top } = canvas.window.getBoundingClientRect();
  canvas.zoomBy(Math.exp(-event.deltaY * 0.0015), [event.clientX - left, event.clientY - top]);
}

function abandon(canvas, fingers) {
  canvas.draft(null);
  return { pinch: true, ...spread(fingers) };
}

function spread(fingers) {
  const [[ax, ay], [bx, by]] = [...fingers.values()];
  return { gap: Math.hypot(ax - bx, ay - by), middle: [(ax + bx) / 2, (ay + by) / 2] };
}

function pinch(canvas, gesture, fingers) {
  if (fingers.size < 2) return;
  const now = spread(fingers);
  const { left, top } = canvas.window.getBoundingClientRect();
  canvas.pan([now.middle[0] - gesture.middle[0], now.middle[1] - gesture.middle[1]]);
  canvas.zoomBy(now.gap / Math.max(1, gesture.gap), [now.middle[0] - left, now.middle[1] - top]);
  Object.assign(gesture, now);
}

/** While comparing, a press anywhere moves the divider there. */
const WIPE = {
  down: (canvas, point) => setWipe(canvas, point),
  move: (canvas, gesture, point) => setWipe(canvas, point),
  up() {},
};

function setWipe(canvas, [x]) {
  canvas.wipe = clamp(x / canvas.picture.width, 0, 1);
  placeLayers(canvas);
}

function dragWipe(canvas) {
  const { wipeBar } = canvas;
  wipeBar.addEventListener('pointerdown', (event) => {
    event.stopPropagation();
    wipeBar.setPointerCapture(event.pointerId);
  });
  wipeBar.addEventListener('pointermove', (event) => {
    if (wipeBar.hasPointerCapture(event.pointerId)) setWipe(canvas, canvas.pointOf(event));
  });
  wipeBar.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -0.05, ArrowRight: 0.05 }[event.key];
    if (!step) return;
    event.stopPropagation();
    setWipe(canvas, [(canvas.wipe + step) * canvas.picture.width]);
  });
}
