export function mount({ element }) {
  element.dataset.ready = '1';
}
