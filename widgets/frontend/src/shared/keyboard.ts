// JupyterLab takes keys from whatever has focus unless that very element says no; so every element here says no.

import { keepUndoInside } from "./textHistory";

const QUIET = "data-lm-suppress-shortcuts";
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";

function quieten(root: ParentNode) {
  for (const element of root.querySelectorAll(FOCUSABLE)) {
    if (!element.hasAttribute(QUIET)) element.setAttribute(QUIET, "true");
  }
}

const WATCHED = { subtree: true, childList: true, attributes: true, attributeFilter: ["tabindex", "href", "disabled"] };

/** Keeps JupyterLab's shortcuts off `root` and everything in it. Returns the way to stop watching. */
export function keepKeysInside(root: HTMLElement): () => void {
  root.tabIndex = -1;
  root.setAttribute(QUIET, "true");
  root.setAttribute("data-jp-suppress-context-menu", "true");
  quieten(root);
  const keeper = keepFocusInside(root);
  const letUndoOut = keepUndoInside(root);
  root.addEventListener("keydown", passSaving);
  const watcher = new MutationObserver(() => {
    quieten(root);
    keeper.check();
  });
  watcher.observe(root, WATCHED);
  return () => {
    watcher.disconnect();
    root.removeEventListener("keydown", passSaving);
    keeper.stop();
    letUndoOut();
  };
}

/** Ctrl S still saves the notebook: the key is said again outside the widget, where JupyterLab listens. */
function passSaving(event: KeyboardEvent) {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const outside = (event.currentTarget as HTMLElement).closest(".jp-Notebook");
  if (outside === null) return;
  event.preventDefault();
  const { key, code, keyCode, ctrlKey, metaKey } = event;
  outside.dispatchEvent(new KeyboardEvent("keydown", { key, code, keyCode, ctrlKey, metaKey, bubbles: true, cancelable: true }));
}

/** An element that had focus and goes, or is disabled, lets it fall to the page, where JupyterLab waits: it comes back here. */
function keepFocusInside(root: HTMLElement) {
  let home: HTMLElement | null = null; // what takes the focus back; null while it is elsewhere by a person's will
  const check = () => requestAnimationFrame(() => {
    if (home?.isConnected && document.activeElement === document.body) home.focus({ preventScroll: true });
  });
  const came = (event: FocusEvent) => {
    home = (event.target as Element).closest<HTMLElement>('[tabindex="-1"].hb-builder') ?? root;
  };
  const went = (event: FocusEvent) => {
    const target = event.target as HTMLElement;
    if (root.contains(event.relatedTarget as Node | null)) return;
    requestAnimationFrame(() => { // only then is it known whether the element stays
      if (root.contains(document.activeElement)) return;
      if (target.isConnected && !target.matches(":disabled")) home = null;
      else check();
    });
  };
  root.addEventListener("focusin", came);
  root.addEventListener("focusout", went);
  return {
    check,
    stop() {
      root.removeEventListener("focusin", came);
      root.removeEventListener("focusout", went);
    },
  };
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}
