// The coloured masks over the picture, and the strokes that are being painted.

import { boundsOf } from './geometry.js';
import { colourOf } from './page.js';
import { urlOf } from './dom.js';

const images = new Map();

/** The picture behind an address, loaded once; `ready` is called when it can be drawn. */
function imageOf(url, ready) {
  let image = images.get(url);
  if (!image) {
    image = new Image();
    images.set(url, image);
    image.src = url;
  }
  if (image.complete && image.naturalWidth) return image;
  image.addEventListener('load', ready, { once: true });
  return null;
}

function sheet(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** Draws masks over the window's part of the picture, as sharp as the screen. Coordinates given to it are picture pixels. */
export class MaskLayer {
  constructor(onChange) {
    this.canvas = sheet(1, 1);
    this.canvas.className = 'gg-masks';
    this.onChange = onChange;
    this.tints = new Map();
  }

  /** Matches the window. `port` = where the picture lies in it, in CSS pixels. */
  place(port, room) {
    const dense = window.devicePixelRatio || 1;
    const size = [Math.max(1, Math.round(room.width * dense)), Math.max(1, Math.round(room.height * dense))];
    if (this.canvas.width !== size[0]) [this.canvas.width] = size;
    if (this.canvas.height !== size[1]) [, this.canvas.height] = size;
    const { scale, x, y } = port;
    const style = { left: -x / scale, top: -y / scale, width: room.width / scale, height: room.height / scale };
    for (const [name, value] of Object.entries(style)) this.canvas.style[name] = `${value}px`;
    this.view = [scale * dense, 0, 0, scale * dense, x * dense, y * dense];
  }

  /** Draws every mask, with the strokes that are not in it yet; the selected one stands out. */
  draw(masks, strokes, selected) {
    const pen = this.canvas.getContext('2d');
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const mask of masks) {
      const mine = strokes.filter(({ id }) => id === mask.id);
      pen.globalAlpha = selected === null || selected === mask.id ? 0.5 : 0.22;
      if (mine.length) this.#drawPainted(pen, mask, mine);
      else this.#drawPlain(pen, mask);
    }
    pen.globalAlpha = 1;
  }

  #drawPlain(pen, mask) {
    const tinted = this.#tinted(mask);
    if (!tinted) return;
    pen.setTransform(...this.view);
    pen.imageSmoothingEnabled = this.view[0] < 2 || Boolean(mask.soft);
    stretch(pen, tinted, mask.box);
    pen.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** With fresh strokes: mask and strokes on a sheet of their own, so that the eraser takes this mask only. */
  #drawPainted(pen, mask, strokes) {
    const paper = sheet(this.canvas.width, this.canvas.height);
    const own = paper.getContext('2d');
    own.setTransform(...this.view);
    const image = mask.cleared ? null : imageOf(urlOf(mask.file), this.onChange);
    if (image) stretch(own, image, mask.box);
    for (const stroke of strokes) drawStroke(own, stroke);
    own.setTransform(1, 0, 0, 1, 0, 0);
    own.globalCompositeOperation = 'source-in';
    own.fillStyle = colourOf(mask.hue);
    own.fillRect(0, 0, paper.width, paper.height);
    pen.drawImage(paper, 0, 0);
  }

  /** The mask's file in its thing's colour, made once. */
  #tinted(mask) {
    const url = urlOf(mask.file);
    const image = mask.cleared ? null : imageOf(url, this.onChange);
    if (!image) return null;
    const key = `${mask.hue} ${url}`;
    if (!this.tints.has(key)) {
      if (this.tints.size > MOST_TINTS) this.tints.clear();
      this.tints.set(key, tint(image, mask.hue));
    }
    return this.tints.get(key);
  }
}

const MOST_TINTS = 60;

const stretch = (pen, image, [x1, y1, x2, y2]) => pen.drawImage(image, x1, y1, x2 - x1, y2 - y1);

function tint(image, hue) {
  const paper = sheet(image.naturalWidth, image.naturalHeight);
  const pen = paper.getContext('2d');
  pen.drawImage(image, 0, 0);
  pen.globalCompositeOperation = 'source-in';
  pen.fillStyle = colourOf(hue);
  pen.fillRect(0, 0, paper.width, paper.height);
  return paper;
}

/** Paints or erases one stroke: {points, size, include, filled}; `size` is a diameter. All in picture pixels. */
function drawStroke(pen, stroke) {
  pen.save();
  pen.globalCompositeOperation = stroke.include ? 'source-over' : 'destination-out';
  pen.strokeStyle = pen.fillStyle = '#000';
  pen.lineCap = pen.lineJoin = 'round';
  pen.lineWidth = Math.max(1, stroke.size);
  pen.beginPath();
  stroke.points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (stroke.points.length === 1) pen.lineTo(stroke.points[0][0] + 0.01, stroke.points[0][1]);
  if (stroke.filled) pen.fill();
  else pen.stroke();
  pen.restore();
}

const MOST_SIDE = 2048;

/** Pixels of the sent stroke per picture pixel: all of them, unless the stroke is larger than a display copy. */
export const strokeRatio = ([x1, y1, x2, y2]) => Math.min(1, MOST_SIDE / Math.max(x2 - x1, y2 - y1, 1));

/** A stroke as the server wants it: the box it covers in picture pixels and a PNG whose alpha is the paint. */
export function strokeAsPng(stroke, picture) {
  const box = boundsOf(stroke.points, stroke.filled ? 1 : stroke.size / 2 + 1, picture);
  const [x1, y1, x2, y2] = box;
  if (x2 <= x1 || y2 <= y1) return null;
  const ratio = strokeRatio(box);
  const paper = sheet(Math.max(1, Math.round((x2 - x1) * ratio)), Math.max(1, Math.round((y2 - y1) * ratio)));
  const pen = paper.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, -x1 * ratio, -y1 * ratio);
  drawStroke(pen, { ...stroke, include: true });
  return { box, png: paper.toDataURL('image/png') };
}

/** A small picture of one mask candidate over the photo, for choosing. */
export function thumbnail(photo, picture, candidate, hue, onReady) {
  const image = imageOf(urlOf(candidate.file), onReady);
  const [x1, y1, x2, y2] = candidate.box;
  const pad = 0.08 * Math.max(x2 - x1, y2 - y1);
  const [left, top] = [Math.max(0, x1 - pad), Math.max(0, y1 - pad)];
  const [wide, high] = [Math.min(picture.width, x2 + pad) - left, Math.min(picture.height, y2 + pad) - top];
  const paper = sheet(72, 54);
  if (!image || !photo.naturalWidth) return paper;
  const scale = Math.min(paper.width / wide, paper.height / high);
  const pen = paper.getContext('2d');
  const shown = photo.naturalWidth / picture.width;
  const [ox, oy] = [(paper.width - wide * scale) / 2, (paper.height - high * scale) / 2];
  pen.drawImage(photo, left * shown, top * shown, wide * shown, high * shown, ox, oy, wide * scale, high * scale);
  const tint = sheet(paper.width, paper.height);
  const brush = tint.getContext('2d');
  brush.drawImage(image, ox + (x1 - left) * scale, oy + (y1 - top) * scale, (x2 - x1) * scale, (y2 - y1) * scale);
  brush.globalCompositeOperation = 'source-in';
  brush.fillStyle = colourOf(hue);
  brush.fillRect(0, 0, tint.width, tint.height);
  pen.globalAlpha = 0.55;
  pen.drawImage(tint, 0, 0);
  return paper;
}
