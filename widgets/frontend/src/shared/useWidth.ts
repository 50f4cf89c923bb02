// The width of an element, followed: a cell may be narrow on a wide screen.
import { useLayoutEffect, useState, type RefObject } from "react";

export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = element.current;
    if (node === null) return;
    setWidth(node.clientWidth);
    const watcher = new ResizeObserver(() => setWidth(node.clientWidth));
    watcher.observe(node);
    return () => watcher.disconnect();
  }, [element]);
  return width;
}
