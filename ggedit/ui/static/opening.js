// Opening a photo or a saved session: by choosing, dropping or pasting it.

import { say } from './dom.js';

/** Uploads the file and tells the server to open it. */
export async function openFile(canvas, file) {
  if (!file) return;
  canvas.element.dataset.opening = '1';
  say(canvas.notice, '');
  try {
    const { path } = await canvas.gradio.upload(file);
    canvas.push({ kind: 'open', file: { path, orig_name: file.name, meta: { _type: 'gradio.FileData' } } });
  } catch {
    say(canvas.notice, `${file.name} could not be uploaded: it may be too large for this server.`);
  } finally {
    delete canvas.element.dataset.opening;
  }
}

/** Lets the whole panel take dropped files, and the page take pasted pictures. */
export function openDropped(canvas) {
  const { element } = canvas;
  const over = (on) => element.classList.toggle('is-over', on);
  element.addEventListener('dragover', (event) => {
    event.preventDefault();
    over(true);
  });
  element.addEventListener('dragleave', () => over(false));
  element.addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    openFile(canvas, event.dataTransfer.files[0]);
  });
  const paste = (event) => {
    if (!element.isConnected) return window.removeEventListener('paste', paste);
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    return file && openFile(canvas, file);
  };
  window.addEventListener('paste', paste);
}
