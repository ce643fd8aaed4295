// Draws the scene graph into an SVG.

import { svgEl } from './dom.js';
import { colourOf } from './page.js';
import { HEIGHT, roomFor, widthOf } from './graph_layout.js';
import { textOf } from './wishes.js';

const CALM = 10;

/** Edges first, nodes above them. With many edges only those of the selected thing have words. */
export function drawGraph(svg, { nodes, edges, places, selected, pointed, chosenEdge, from }) {
  const { width, height } = roomFor(nodes.length);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const known = edges.filter(({ subject, object }) => places.has(subject) && places.has(object));
  const loud = (edge) => known.length <= CALM || edge.fresh || keyOf(edge) === chosenEdge || touches(edge, selected) || touches(edge, pointed);
  svg.replaceChildren(arrowHead(),
    ...known.map((edge) => edgeGroup(edge, places, { loud: loud(edge), chosen: keyOf(edge) === chosenEdge, nodes })),
    ...nodes.map((node) => nodeGroup(node, places.get(node.id), { selected, pointed, from })));
}

export const keyOf = ({ subject, object }) => `${subject}→${object}`;

const touches = ({ subject, object }, id) => id !== null && (subject === id || object === id);

function arrowHead() {
  const tip = svgEl('marker', { id: 'gg-arrow', viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto' },
    svgEl('path', { d: 'M0 0L10 5L0 10z' }));
  return svgEl('defs', {}, tip);
}

function edgeGroup(edge, places, { loud, chosen, nodes }) {
  const textFor = (id) => textOf(nodes.find((node) => node.id === id) ?? { label: '' });
  const [a, b] = [places.get(edge.subject), places.get(edge.object)];
  const bend = edge.subject < edge.object ? 18 : -18;
  const long = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const middle = [(a[0] + b[0]) / 2 - ((b[1] - a[1]) / long) * bend, (a[1] + b[1]) / 2 + ((b[0] - a[0]) / long) * bend];
  const start = rim(a, middle, widthOf(textFor(edge.subject)) / 2);
  const end = rim(b, middle, widthOf(textFor(edge.object)) / 2);
  const path = `M${start.join(' ')}Q${middle.join(' ')} ${end.join(' ')}`;
  const key = keyOf(edge);
  const classes = ['gg-relation', loud && 'is-loud', chosen && 'is-selected', edge.fresh && 'is-wished', edge.kind === 'interaction' && 'is-action'];
  const group = svgEl('g', { class: classes.filter(Boolean).join(' '), 'data-edge': key },
    svgEl('path', { class: 'gg-line', d: path, 'marker-end': 'url(#gg-arrow)' }),
    svgEl('path', { class: 'gg-hit', d: path, 'data-edge': key }));
  if (loud) group.append(...word(edge.relation, [(start[0] + 2 * middle[0] + end[0]) / 4, (start[1] + 2 * middle[1] + end[1]) / 4], key));
  return group;
}

function word(text, [x, y], key) {
  const wide = 10 + 6.2 * text.length;
  return [svgEl('rect', { x: x - wide / 2, y: y - 9, width: wide, height: 18, rx: 5, 'data-edge': key }),
    svgEl('text', { x, y: y + 4, text, 'data-edge': key })];
}

/** Where the way from the node's middle towards a point leaves the node. */
function rim([x, y], [tx, ty], half) {
  const [dx, dy] = [tx - x, ty - y];
  const share = Math.min((half + 3) / Math.abs(dx || 1e-6), (HEIGHT / 2 + 3) / Math.abs(dy || 1e-6), 1);
  return [x + dx * share, y + dy * share];
}

function nodeGroup(node, [x, y], { selected, pointed, from }) {
  const text = textOf(node);
  const wide = widthOf(text);
  const classes = ['gg-node', `gg-node-${node.kind ?? 'object'}`, node.id === selected && 'is-selected', node.id === pointed && 'is-pointed',
    node.id === from && 'is-from', node.gone && 'is-gone', node.fresh && 'is-wished', (node.becomes || node.looks?.length) && 'is-wished', !node.found && 'is-lost'];
  const group = svgEl('g', { class: classes.filter(Boolean).join(' '), 'data-node': node.id, transform: `translate(${x} ${y})`, tabindex: '0',
    role: 'button', 'aria-label': `${text}${node.found ? '' : ', not found in the picture'}`, style: `--hue:${colourOf(node.hue)}` },
  svgEl('title', { text: [text, node.caption, node.concept && `learned concept: ${node.concept}`, node.found ? '' : 'not found in the picture: draw a box around it'].filter(Boolean).join('\n') }),
  svgEl('rect', { x: -wide / 2, y: -HEIGHT / 2, width: wide, height: HEIGHT, rx: node.kind === 'animate' ? HEIGHT / 2 : 8 }),
  svgEl('text', { y: 4.5, text: text.length > 28 ? `${text.slice(0, 27)}…` : text }));
  if (node.concept) group.append(svgEl('circle', { class: 'gg-concept', cx: wide / 2 - 4, cy: -HEIGHT / 2 + 2, r: 5 }));
  return group;
}
