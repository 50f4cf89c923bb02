// The builder's keys, heard at its root; while a field is typed in, they are the field's.
import { useEffect, useRef, type KeyboardEvent as ReactKeyboardEvent, type RefObject } from "react";
import { isTyping } from "../shared/keyboard";
import type { Workbench } from "./context";
import type { Place } from "./layout";

const REST = 350; // milliseconds without an arrow key after which a movement has ended
const ARROWS: Record<string, Place> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Whether a person has marked some words, to copy those. */
const hasMarkedText = () => (window.getSelection()?.toString() ?? "") !== "";

const nodeElement = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.classList.contains("react-flow__node") ? target : null;

export function useKeys({ session, view, actions }: Workbench, root: RefObject<HTMLElement | null>) {
  const pasted = useRef(false);
  const moving = useRef<{ places: Map<string, Place>; timer: ReturnType<typeof setTimeout> } | null>(null);

  useEffect(() => {
    const home = root.current;
    if (home === null) return;
    const copy = (event: ClipboardEvent) => {
      const text = isTyping(event.target) || hasMarkedText() ? null : actions.copy();
      if (text === null) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
    };
    const paste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      pasted.current = true;
      event.preventDefault();
      actions.paste(event.clipboardData?.getData("text/plain") ?? "");
    };
    home.addEventListener("copy", copy);
    home.addEventListener("paste", paste);
    return () => {
      home.removeEventListener("copy", copy);
      home.removeEventListener("paste", paste);
    };
  }, [actions, root]);

  function command(key: string, shift: boolean): boolean {
    if (key === "z") (shift ? session.redo : session.undo)();
    else if (key === "y") session.redo();
    else if (key === "d") actions.duplicate();
    else if (key === "a") actions.selectAll();
    else return false;
    return true;
  }

  function clip(key: string) {
    if (key === "c" && !hasMarkedText()) actions.copy(); // the copy event that follows also puts it on the system's clipboard
    if (key !== "v") return;
    pasted.current = false;
    setTimeout(() => !pasted.current && actions.paste(""), 80); // where the page may not read that clipboard
  }

  function remove() {
    actions.remove();
    root.current?.focus({ preventScroll: true }); // else the focus falls out of the widget
  }

  /** Steps with the arrow keys: drawn at once, one edit when they rest. */
  function move([x, y]: Place, far: boolean) {
    const step = far ? 50 : 10;
    const places = new Map<string, Place>();
    for (const id of view.store.get().nodes) {
      const at = moving.current?.places.get(id) ?? view.places.get(id);
      if (at !== undefined) places.set(id, [at[0] + x * step, at[1] + y * step]);
    }
    if (places.size === 0) return;
    clearTimeout(moving.current?.timer);
    actions.move(places, false);
    const timer = setTimeout(() => {
      moving.current = null;
      actions.move(places);
    }, REST);
    moving.current = { places, timer };
  }

  return function onKeyDown(event: ReactKeyboardEvent) {
    if (isTyping(event.target)) {
      const node = event.key === "Escape" ? (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node") : null;
      node?.focus();
      return;
    }
    const node = nodeElement(event.target);
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      clip(key);
      if (!command(key, event.shiftKey)) return;
    } else if (event.key === "Delete" || event.key === "Backspace") remove();
    else if (event.key === "Escape") view.select([]);
    else if (arrow !== undefined && node !== null) move(arrow, event.shiftKey);
    else if (event.key === "Enter" && node !== null) node.querySelector<HTMLElement>("input, select")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
