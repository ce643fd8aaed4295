// What a person asks for in the graph: a list of wishes, told in words and shown on the graph before it runs.
// A wish is {wish, node, label, relation, anchor} as the server takes it.

const WORDS = {
  remove: ({ node }, name) => `Remove the ${name(node)}`,
  replace: ({ node, label }, name) => `Replace the ${name(node)} with ${label}`,
  restyle: ({ node, label }, name) => `Make the ${name(node)} ${label}`,
  relate: ({ node, relation, anchor }, name) => `Move the ${name(node)}: ${relation} the ${name(anchor)}`,
  insert: ({ label, relation, anchor }, name) => `Add ${label}${anchor ? `, ${relation || 'near'} the ${name(anchor)}` : ''}`,
};

/** The wish as a sentence; `name` gives a node's name for its id. */
export const inWords = (wish, name) => WORDS[wish.wish](wish, name);

/** The list with one more wish. A later one about the same thing takes the place of an earlier one of its kind. */
export function withWish(wishes, wish) {
  const clash = (old) => old.wish === wish.wish && wish.wish !== 'insert' && old.node === wish.node
    && (wish.wish !== 'restyle' || old.label === wish.label);
  const gone = (old) => wish.wish === 'remove' && old.node === wish.node;
  return [...wishes.filter((old) => !clash(old) && !gone(old)), wish];
}

/** Nodes as they are wished to be: removed ones marked, renamed ones with both names, new ones added. */
export function wishedNodes(nodes, wishes) {
  const changed = nodes.map((node) => {
    const mine = wishes.filter((wish) => wish.node === node.id);
    const other = mine.find(({ wish }) => wish === 'replace');
    const looks = mine.filter(({ wish }) => wish === 'restyle').map(({ label }) => label);
    return { ...node, gone: mine.some(({ wish }) => wish === 'remove'), becomes: other?.label ?? null, looks };
  });
  const fresh = wishes.filter(({ wish }) => wish === 'insert')
    .map((wish, at) => ({ id: `wish:${at}`, label: wish.label, attributes: [], fresh: true, found: true, hue: 0, looks: [], box: null }));
  return [...changed, ...fresh];
}

/** Edges as they are wished to be. */
export function wishedEdges(edges, wishes) {
  const moved = wishes.filter(({ wish }) => wish === 'relate');
  const stays = (edge) => !moved.some(({ node, anchor }) => edge.subject === node && edge.object === anchor);
  const fresh = wishes.filter(({ wish }) => wish === 'insert');
  return [
    ...edges.filter(stays),
    ...moved.map(({ node, relation, anchor }) => ({ subject: node, relation, object: anchor, fresh: true })),
    ...fresh.flatMap((wish, at) => (wish.anchor
      ? [{ subject: `wish:${at}`, relation: wish.relation || 'near', object: wish.anchor, fresh: true }] : [])),
  ];
}

/** What the text of a node says: its attributes and its name, and what it should become. */
export function textOf(node) {
  const name = [...(node.attributes ?? []), node.label].join(' ');
  const wanted = [node.becomes, ...node.looks ?? []].filter(Boolean).join(', ');
  return wanted ? `${name} → ${wanted}` : name;
}
