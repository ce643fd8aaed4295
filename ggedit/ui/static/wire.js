// How a panel talks to the server. The browser owns what the person did: every edit gets a number and
// stays in the outbox until the server acknowledges that number, so nothing is lost while an answer is
// under way, and an edit that arrives twice is applied once.

export class Outbox {
  /** @param send called with the whole unacknowledged list after each push */
  constructor(send, name = randomName()) {
    this.send = send;
    this.name = name;
    this.last = 0;
    this.pending = [];
  }

  /** Adds an edit such as {kind: 'click', id, x, y} and sends the list. */
  push(edit) {
    this.last += 1;
    this.pending = [...this.pending, { ...edit, n: this.last }];
    this.send({ outbox: this.name, edits: this.pending });
    return this.last;
  }

  /** Drops what the server has dealt with. `acks` maps outbox names to numbers. */
  acknowledge(acks) {
    const done = acks?.[this.name] ?? 0;
    this.pending = this.pending.filter((edit) => edit.n > done);
  }
}

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Joins a panel to its gradio component: an outbox, and views in the order in which they were made. */
export function connect({ props, trigger, watch }, onView) {
  const outbox = new Outbox((letter) => {
    props.value = { ...letter, doc: props.view?.doc ?? null };
    trigger('input');
  });
  let newest = 0;
  const receive = () => {
    const view = props.view;
    if (!view || view.rev < newest) return;
    newest = view.rev;
    outbox.acknowledge(view.acks);
    onView(view);
  };
  watch('view', receive);
  return { outbox, receive };
}
