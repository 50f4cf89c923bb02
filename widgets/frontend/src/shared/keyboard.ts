// JupyterLab takes keys from whatever has focus unless that very element says no; so every element here says no.

const QUIET = "data-lm-suppress-shortcuts";
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";

function quieten(root: ParentNode) {
  for (const element of root.querySelectorAll(FOCUSABLE)) {
    if (!element.hasAttribute(QUIET)) element.setAttribute(QUIET, "true");
  }
}

/** Keeps JupyterLab's shortcuts off `root` and everything in it. Returns the way to stop watching. */
export function keepKeysInside(root: HTMLElement): () => void {
  root.tabIndex = -1;
  root.setAttribute(QUIET, "true");
  root.setAttribute("data-jp-suppress-context-menu", "true");
  quieten(root);
  const watcher = new MutationObserver(() => quieten(root));
  watcher.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ["tabindex", "href"] });
  return () => watcher.disconnect();
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}
