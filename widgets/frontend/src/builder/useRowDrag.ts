// Dragging a row of the list by its grip, to a gap between two others.
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from "react";

export function useRowDrag(onMove: (from: number, to: number) => void) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const stop = useRef<() => void>(() => undefined);
  useEffect(() => () => stop.current(), []);

  function grip(press: ReactPointerEvent, from: number) {
    const list = (press.target as Element).closest("ol");
    if (list === null || press.button !== 0) return;
    press.preventDefault();
    setDragged(from);
    let gap: number | null = null;
    const move = (event: PointerEvent) => {
      const gaps = [...list.querySelectorAll<HTMLElement>("[data-gap]")];
      const away = (element: HTMLElement) => {
        const box = element.getBoundingClientRect();
        return Math.abs((box.top + box.bottom) / 2 - event.clientY);
      };
      const nearest = gaps.sort((a, b) => away(a) - away(b))[0];
      gap = nearest === undefined ? null : Number(nearest.dataset.gap);
      setOver(gap);
    };
    const end = (event: PointerEvent) => {
      stop.current();
      if (event.type === "pointerup" && gap !== null) onMove(from, gap > from ? gap - 1 : gap);
    };
    stop.current = () => {
      setDragged(null);
      setOver(null);
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }
  return { dragged, over, grip };
}
