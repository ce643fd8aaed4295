// The progress panel: the stages with what ran where, progress of the work under way, and Stop.

import { button, el, say, urlOf } from './dom.js';
import { connect } from './wire.js';

export function mount(gradio) {
  const panel = gradio.element;
  const stages = el('ol', { class: 'gg-stages', 'aria-label': 'Stages' });
  const work = el('div', { class: 'gg-work', hidden: true });
  const notice = el('p', { class: 'gg-notice is-calm', role: 'status', hidden: true });
  const kit = el('details', { class: 'gg-more gg-kit', hidden: true });
  panel.querySelector('.gg-root').replaceChildren(stages, work, notice, kit);
  const { outbox, receive } = connect(gradio, (view) => {
    stages.replaceChildren(...view.stages.map(stagePill));
    showWork(work, view.running, () => outbox.push({ kind: 'stop' }));
    if (view.kit) showKit(kit, view.kit);
    say(notice, view.notice);
    panel.dataset.running = view.running ? '1' : '';
  });
  receive();
  panel.dataset.ready = '1';
}

const STATES = { done: 'done', running: 'under way', waiting: 'not yet', failed: 'failed' };

function stagePill(stage) {
  const seconds = stage.seconds_s === undefined ? '' : `${stage.seconds_s.toFixed(stage.seconds_s < 1 ? 2 : 1)} s`;
  const told = [`${stage.name}: ${stage.meaning} (${STATES[stage.state]})`, stage.backend && `${stage.backend}, ${seconds}`,
    stage.why && `Chosen: ${stage.why}`, ...(stage.notes ?? [])].filter(Boolean).join('\n');
  return el('li', { class: `gg-stage is-${stage.state}`, title: told, tabindex: '0', 'aria-label': told },
    el('span', { class: 'gg-stage-name', text: stage.name }),
    stage.tier ? el('span', { class: `gg-tier gg-tier-${stage.tier}`, text: stage.tier }) : null);
}

/** Keeps the elements while the work goes on, so that Stop can be pressed at any moment. */
function showWork(work, running, stop) {
  work.hidden = !running;
  if (!running) return work.replaceChildren();
  if (!work.firstChild) {
    work.append(
      el('div', { class: 'gg-work-text', role: 'status' }),
      el('progress', { max: '1', 'aria-label': 'Progress' }),
      button('Stop', { class: 'gg-stop', title: 'Stop after the current step', onclick: (event) => { event.target.textContent = 'Stopping …'; stop(); } }),
      el('img', { class: 'gg-preview', alt: 'Preview', hidden: true }));
  }
  const left = running.left_s ? `, about ${Math.max(1, Math.round(running.left_s))} s left` : '';
  work.querySelector('.gg-work-text').textContent = `${running.name}: ${running.message}${left}`;
  const bar = work.querySelector('progress');
  if (running.fraction) bar.value = running.fraction;
  else bar.removeAttribute('value');
  const preview = work.querySelector('.gg-preview');
  preview.hidden = !running.preview;
  if (running.preview) preview.src = urlOf(running.preview);
  return undefined;
}

/** Which backends there are, which were chosen, what the others lack. */
function showKit(node, kit) {
  node.hidden = false;
  const rows = kit.rows.map((row) => el('li', { class: row.chosen ? 'is-chosen' : '' },
    el('strong', { text: `${row.chosen ? '✓ ' : ''}${row.name}` }), ` ${row.job} (${row.tier}). ${row.summary}`,
    ...row.missing.map((text) => el('div', { class: 'gg-reason', text: `Lacks ${text}` }))));
  node.replaceChildren(el('summary', { text: kit.summary, title: 'Which backends there are, which are in use, what the others lack' }), el('p', { text: kit.how }), el('ul', {}, ...rows));
}
