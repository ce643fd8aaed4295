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

/** Draws masks at the display copy's size. Coordinates given to it are picture pixels. */
export class MaskLayer {
  constructor(onChange) {
    this.canvas = sheet(1, 1);
    this.canvas.className = 'gg-masks';
    this.onChange = onChange;
    this.ratio = 1;
  }

  /** Matches the display copy; `ratio` = display pixels per picture pixel. */
  resize(width, height, ratio) {
    this.ratio = ratio;
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /** Draws every mask, with the strokes that are not in it yet; the selected one stands out. */
  draw(masks, strokes, selected) {
    const pen = this.canvas.getContext('2d');
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const mask of masks) {
      const mine = strokes.filter(({ id }) => id === mask.id);
      const tinted = this.#tinted(mask, mine);
      if (!tinted) continue;
      pen.globalAlpha = selected === null || selected === mask.id ? 0.5 : 0.22;
      pen.drawImage(tinted, 0, 0);
    }
    pen.globalAlpha = 1;
  }

  #tinted(mask, strokes) {
    const image = imageOf(urlOf(mask.file), this.onChange);
    if (!image) return null;
    const paper = sheet(this.canvas.width, this.canvas.height);
    const pen = paper.getContext('2d');
    const [x1, y1, x2, y2] = mask.box.map((v) => v * this.ratio);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(image, x1, y1, x2 - x1, y2 - y1);
    for (const stroke of strokes) drawStroke(pen, stroke, this.ratio);
    pen.globalCompositeOperation = 'source-in';
    pen.fillStyle = colourOf(mask.hue);
    pen.fillRect(0, 0, paper.width, paper.height);
    return paper;
  }
}

/** Paints or erases one stroke: {points, size, include, filled}; `size` is a diameter in picture pixels. */
function drawStroke(pen, stroke, ratio, offset = [0, 0]) {
  pen.save();
  pen.globalCompositeOperation = stroke.include ? 'source-over' : 'destination-out';
  pen.strokeStyle = pen.fillStyle = '#000';
  pen.lineCap = pen.lineJoin = 'round';
  pen.lineWidth = Math.max(1, stroke.size * ratio);
  pen.beginPath();
  stroke.points.forEach(([x, y], at) => {
    const [px, py] = [x * ratio - offset[0], y * ratio - offset[1]];
    if (at) pen.lineTo(px, py);
    else pen.moveTo(px, py);
  });
  if (stroke.points.length === 1) {
    const [x, y] = stroke.points[0];
    pen.lineTo(x * ratio - offset[0] + 0.01, y * ratio - offset[1]);
  }
  if (stroke.filled) pen.fill();
  else pen.stroke();
  pen.restore();
}

/** A stroke as the server wants it: the box it covers in picture pixels and a PNG whose alpha is the paint. */
export function strokeAsPng(stroke, picture, ratio) {
  const box = boundsOf(stroke.points, stroke.filled ? 1 : stroke.size / 2 + 1, picture);
  const [x1, y1, x2, y2] = box;
  if (x2 <= x1 || y2 <= y1) return null;
  const paper = sheet(Math.max(1, Math.round((x2 - x1) * ratio)), Math.max(1, Math.round((y2 - y1) * ratio)));
  drawStroke(paper.getContext('2d'), { ...stroke, include: true }, ratio, [x1 * ratio, y1 * ratio]);
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
