// JupyterLab says on <body> whether its theme is light.
import { useSyncExternalStore } from "react";

export function isDark(): boolean {
  return document.body.dataset.jpThemeLight === "false";
}

function subscribe(listener: () => void): () => void {
  const watcher = new MutationObserver(listener);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  return () => watcher.disconnect();
}

export function useDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}

/** The colour a CSS variable of the widget has where `element` stands. */
export function colour(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim() || "gray";
}
