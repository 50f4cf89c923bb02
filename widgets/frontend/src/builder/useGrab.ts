// Dragging a layer out of the palette, with mouse, pen or finger.
import { useCallback, useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from "react";

export interface Target {
  kind: "wire" | "node" | "canvas" | "gap";
  id: string;
}

/** Something of the palette: a layer, or a saved block. */
export interface Item {
  kind: "layer" | "block";
  name: string;
  title: string;
  family: string | undefined;
}

export interface Grabbed {
  item: Item;
  x: number;
  y: number;
}

const START = 5; // pixels the pointer moves before a press becomes a drag
const NEAR = 26; // pixels from a wire that still mean the wire
const LANDS = ".react-flow__edge, .react-flow__node-layer, [data-gap]";

/** What a thing let go at a point of the screen would land on: what lies there, or a wire close by. */
function landing(root: HTMLElement, x: number, y: number): Element | null {
  const under = document.elementFromPoint(x, y);
  if (under === null || !root.contains(under)) return null;
  return under.closest(LANDS) ?? (under.closest(".react-flow__pane, .react-flow__node-frame") ? nearWire(root, x, y) : null);
}

/** The wire close to a point of the screen. */
export function nearWire(root: HTMLElement, x: number, y: number): Element | null {
  let [best, least]: [Element | null, number] = [null, NEAR];
  for (const path of root.querySelectorAll<SVGPathElement>(".react-flow__edge-path")) {
    const box = path.getBoundingClientRect();
    if (x < box.left - NEAR || x > box.right + NEAR || y < box.top - NEAR || y > box.bottom + NEAR) continue;
    const [length, matrix] = [path.getTotalLength(), path.getScreenCTM()];
    for (let part = 0; matrix !== null && part <= 12; part += 1) {
      const at = path.getPointAtLength((length * part) / 12).matrixTransform(matrix);
      const far = Math.hypot(at.x - x, at.y - y);
      if (far < least) [best, least] = [path.closest(".react-flow__edge"), far];
    }
  }
  return best;
}

export function targetAt(root: HTMLElement, x: number, y: number): Target | null {
  const found = landing(root, x, y) as HTMLElement | null;
  if (found?.dataset.gap !== undefined) return { kind: "gap", id: found.dataset.gap };
  if (found !== null) return { kind: found.classList.contains("react-flow__edge") ? "wire" : "node", id: found.dataset.id ?? "" };
  const under = document.elementFromPoint(x, y);
  return under !== null && root.contains(under) && under.closest(".react-flow") ? { kind: "canvas", id: "" } : null;
}

/** Marks one element at a time as the one that something dragged would land on. */
export function createLight() {
  let lit: Element | null = null;
  return (element: Element | null) => {
    if (element === lit) return;
    lit?.classList.remove("hb-drop-here");
    element?.classList.add("hb-drop-here");
    lit = element;
  };
}

export type OnDrop = (item: Item, target: Target, x: number, y: number) => void;

export function useGrab(root: RefObject<HTMLElement | null>, onDrop: OnDrop) {
  const [grabbed, setGrabbed] = useState<Grabbed | null>(null);
  const stop = useRef<() => void>(() => undefined);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  useEffect(() => () => stop.current(), []);

  const grab = useCallback((press: ReactPointerEvent, item: Item) => {
    if (press.button !== 0 || root.current === null) return;
    const home = root.current;
    let dragging = false;
    const light = createLight();
    const move = (event: PointerEvent) => {
      dragging ||= Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) > START;
      if (!dragging) return;
      event.preventDefault();
      const box = home.getBoundingClientRect();
      setGrabbed({ item, x: event.clientX - box.left, y: event.clientY - box.top });
      light(landing(home, event.clientX, event.clientY));
    };
    const end = (event: PointerEvent) => {
      stop.current();
      if (!dragging || event.type !== "pointerup") return;
      const target = targetAt(home, event.clientX, event.clientY);
      if (target !== null) drop.current(item, target, event.clientX, event.clientY);
    };
    const key = (event: KeyboardEvent) => event.key === "Escape" && stop.current();
    stop.current = () => {
      light(null);
      setGrabbed(null);
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      window.removeEventListener("keydown", key, true);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
    window.addEventListener("keydown", key, true);
  }, [root]);
  return { grabbed, grab };
}
