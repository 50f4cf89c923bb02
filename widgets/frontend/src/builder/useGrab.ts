// Dragging a layer out of the palette, with mouse, pen or finger.
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from "react";
import type { LayerForm } from "../shared/types";

export interface Target {
  kind: "wire" | "node" | "canvas";
  id: string;
}

export interface Grabbed {
  form: LayerForm;
  x: number;
  y: number;
}

const START = 5; // pixels the pointer moves before a press becomes a drag

/** What lies under a point of the screen, inside `root`. */
export function targetAt(root: HTMLElement, x: number, y: number): Target | null {
  const under = document.elementFromPoint(x, y);
  if (under === null || !root.contains(under)) return null;
  const edge = under.closest<HTMLElement>(".react-flow__edge");
  if (edge) return { kind: "wire", id: edge.dataset.id ?? "" };
  const node = under.closest<HTMLElement>(".react-flow__node");
  if (node) return { kind: "node", id: node.dataset.id ?? "" };
  return under.closest(".react-flow") ? { kind: "canvas", id: "" } : null;
}

export type OnDrop = (form: LayerForm, target: Target, x: number, y: number) => void;

export function useGrab(root: RefObject<HTMLElement | null>, onDrop: OnDrop) {
  const [grabbed, setGrabbed] = useState<Grabbed | null>(null);
  const stop = useRef<() => void>(() => undefined);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  useEffect(() => () => stop.current(), []);

  function grab(press: ReactPointerEvent, form: LayerForm) {
    if (press.button !== 0 || root.current === null) return;
    const home = root.current;
    let dragging = false;
    let lit: Element | null = null;

    const light = (element: Element | null) => {
      if (element === lit) return;
      lit?.classList.remove("hb-drop-here");
      element?.classList.add("hb-drop-here");
      lit = element;
    };
    const move = (event: PointerEvent) => {
      dragging ||= Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) > START;
      if (!dragging) return;
      event.preventDefault();
      const box = home.getBoundingClientRect();
      setGrabbed({ form, x: event.clientX - box.left, y: event.clientY - box.top });
      const under = document.elementFromPoint(event.clientX, event.clientY);
      light(under?.closest(".react-flow__edge, .react-flow__node") ?? null);
    };
    const end = (event: PointerEvent) => {
      stop.current();
      if (!dragging || event.type !== "pointerup") return;
      const target = targetAt(home, event.clientX, event.clientY);
      if (target !== null) drop.current(form, target, event.clientX, event.clientY);
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
  }
  return { grabbed, grab };
}
