// The graph and its changes as files: JSON as ggedit saves it, and SGEdit's modification lines.

const MOST_CHARACTERS = 400_000;
const KINDS = new Set(['object', 'animate', 'background']);

/** Whether a file is SGEdit's own graph, which the server reads. */
export function isOfSgedit(text) {
  try {
    return text.length <= MOST_CHARACTERS && Array.isArray(JSON.parse(text)?.objects);
  } catch {
    return false;
  }
}

/** The nodes and edges of a saved graph. Throws an Error with one sentence for the person. */
export function readGraph(text) {
  if (text.length > MOST_CHARACTERS) throw new Error('This file is too large for a scene graph.');
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('This is not JSON: choose a graph that was saved here.');
  }
  const graph = document?.value ?? document;
  if (!Array.isArray(graph?.nodes) || !Array.isArray(graph?.edges)) throw new Error('This JSON has no nodes and edges: choose a graph that was saved here.');
  const nodes = graph.nodes.map(readNode);
  const known = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.map(({ subject, relation, object }) => ({ subject: word(subject), relation: word(relation).replaceAll('_', ' '), object: word(object) }));
  const loose = edges.find(({ subject, object }) => !known.has(subject) || !known.has(object));
  if (loose) throw new Error(`The relation ${loose.subject} → ${loose.object} names a thing that the file does not have.`);
  return { nodes, edges };
}

const word = (value) => (typeof value === 'string' ? value.slice(0, 120) : '');

function readNode({ id, label, attributes, kind }) {
  if (!word(id) || !word(label)) throw new Error('Each node of the file needs an id and a label.');
  return { id: word(id), label: word(label), attributes: (Array.isArray(attributes) ? attributes : []).map(word).filter(Boolean),
    kind: KINDS.has(kind) ? kind : 'object' };
}

const pairOf = ({ subject, object }) => `${subject}\n${object}`;
const sameWords = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);

/** What turns the graph as it is seen into the wanted one: lists of nodes and edges. */
export function difference(seen, wanted) {
  const old = new Map(seen.nodes.map((node) => [node.id, node]));
  const fresh = new Map(wanted.nodes.map((node) => [node.id, node]));
  const before = new Map(seen.edges.map((edge) => [pairOf(edge), edge]));
  const after = new Map(wanted.edges.map((edge) => [pairOf(edge), edge]));
  return {
    gone: seen.nodes.filter(({ id }) => !fresh.has(id)),
    added: wanted.nodes.filter(({ id }) => !old.has(id)),
    changed: wanted.nodes.filter((node) => old.has(node.id)
      && (node.label !== old.get(node.id).label || !sameWords(node.attributes, old.get(node.id).attributes))),
    related: wanted.edges.filter((edge) => before.get(pairOf(edge))?.relation !== edge.relation),
    parted: seen.edges.filter((edge) => !after.has(pairOf(edge)) && fresh.has(edge.subject) && fresh.has(edge.object)),
  };
}

/** The difference as corrections of what was seen. */
export function asFixes({ gone, added, changed, related, parted }) {
  const known = new Set(added.map(({ id }) => id));
  const settled = related.filter(({ subject, object }) => !known.has(subject) && !known.has(object));
  return [
    ...gone.map(({ id }) => ({ kind: 'fix_drop_node', id })),
    ...changed.map(({ id, label, attributes }) => ({ kind: 'fix_node', id, label, attributes })),
    ...added.map(({ label, attributes }) => ({ kind: 'fix_add_node', label, attributes })),
    ...settled.map(({ subject, relation, object }) => ({ kind: 'fix_edge', subject, relation, object })),
    ...parted.map(({ subject, object }) => ({ kind: 'fix_edge', subject, relation: '', object })),
  ];
}

/** The difference as wishes for the picture. */
export function asWishes({ gone, added, changed, related }, seen) {
  const old = new Map(seen.nodes.map((node) => [node.id, node]));
  const fresh = new Set(added.map(({ id }) => id));
  const placeOf = (id) => related.find((edge) => edge.subject === id && old.has(edge.object));
  return [
    ...gone.map(({ id }) => ({ wish: 'remove', node: id })),
    ...changed.filter(({ id, label }) => label !== old.get(id).label).map(({ id, label }) => ({ wish: 'replace', node: id, label })),
    ...changed.flatMap(({ id, attributes }) => attributes.filter((one) => !old.get(id).attributes.includes(one))
      .map((label) => ({ wish: 'restyle', node: id, label }))),
    ...related.filter(({ subject, object }) => !fresh.has(subject) && !fresh.has(object))
      .map(({ subject, relation, object }) => ({ wish: 'relate', node: subject, relation, anchor: object })),
    ...added.map(({ id, label, attributes }) => {
      const place = placeOf(id);
      return { wish: 'insert', label: [...attributes, label].join(' '), relation: place?.relation ?? '', anchor: place?.object ?? '' };
    }),
  ];
}

const triple = (subject, relation, object) => `['${subject}' -> ${relation} -> '${object}']`;

const LINES = {
  remove: ({ node }, name) => `Remove: '${name(node)}'`,
  replace: ({ node, label }, name) => `Replace '${name(node)}' by '${label}'`,
  restyle: ({ node, label }, name, labelOf) => `Replace '${name(node)}' by '${label} ${labelOf(node)}'`,
  relate: ({ node, relation, anchor }, name, labelOf, now) =>
    `Modify a relationship: from ${triple(name(node), now(node, anchor), name(anchor))} to ${triple(name(node), relation, name(anchor))}`,
  insert: ({ label, relation, anchor }, name) =>
    `Add an object: '${label}'${anchor ? `. Add tuple: ${triple(label, relation || 'near', name(anchor))}` : ''}`,
};

/** Wishes as modification lines, with names that the reader of such lines finds again. */
export function asLines(wishes, { nodes, edges }) {
  const labelOf = (id) => nodes.find((node) => node.id === id)?.label ?? id;
  const name = (id) => (nodes.filter(({ label }) => label === labelOf(id)).length === 1 ? labelOf(id) : id);
  const now = (subject, object) => edges.find((edge) => edge.subject === subject && edge.object === object)?.relation ?? 'near';
  return wishes.map((wish) => LINES[wish.wish](wish, name, labelOf, now)).join('\n');
}
