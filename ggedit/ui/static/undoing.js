// A value with its past and its future: for what lives in the browser alone until it is sent.

export class Undoable {
  #past = [];
  #future = [];

  constructor(value) {
    this.value = value;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Another value; what was undone can no longer be redone. */
  put(value) {
    this.#past.push(this.value);
    this.#future = [];
    this.value = value;
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.value);
    this.value = this.#past.pop();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.value);
    this.value = this.#future.pop();
  }

  /** Begins anew without a past. */
  reset(value) {
    this.#past = [];
    this.#future = [];
    this.value = value;
  }
}
