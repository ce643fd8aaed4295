"""One panel alone, with a view that a test makes up."""

from __future__ import annotations

from typing import Any

_MOUNT = """async ([name, view]) => {
  const old = document.querySelector(`#${name} .gg-root`).parentElement;
  const panel = document.createElement('div');
  const root = document.createElement('div');
  root.className = 'gg-root';
  panel.append(root);
  old.replaceWith(panel);
  const script = performance.getEntriesByType('resource').map((e) => e.name).find((n) => n.endsWith(`/${name}.js`));
  const module = await import(script);
  module.mount({element: panel, props: {view}, trigger() {}, watch() {}});
}"""


def mount(page: Any, name: str, view: dict[str, Any]) -> None:
    """Puts a fresh panel in the place of the page's own; it shows ``view`` and sends nothing."""
    page.evaluate(_MOUNT, [name, {"rev": 1, "doc": None, "acks": {}, "notice": ""} | view])
