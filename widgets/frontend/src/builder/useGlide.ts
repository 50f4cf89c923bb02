// Movement to be seen: nodes go to their new places in a moment instead of jumping there.
import { useEffect, useRef } from "react";
import type { FlowNode } from "./flow";

const TIME = 260; // milliseconds

const eased = (t: number) => 1 - (1 - t) ** 3;
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Draws nodes; where `times` has grown since the last drawing they glide there. */
export function useGlide(draw: (nodes: FlowNode[]) => void, times: number) {
  const state = useRef({ times, started: 0, from: new Map<string, { x: number; y: number }>(), target: [] as FlowNode[], frame: 0 });
  useEffect(() => () => cancelAnimationFrame(state.current.frame), []);

  function paint() {
    const now = state.current;
    const part = eased(Math.min(1, (performance.now() - now.started) / TIME));
    if (part >= 1) {
      now.frame = 0;
      return draw(now.target);
    }
    draw(now.target.map((node) => {
      const from = now.from.get(node.id);
      if (from === undefined || (from.x === node.position.x && from.y === node.position.y)) return node;
      const { x, y } = node.position;
      return { ...node, position: { x: from.x + part * (x - from.x), y: from.y + part * (y - from.y) } };
    }));
    now.frame = requestAnimationFrame(paint);
  }

  return function show(after: FlowNode[], before: FlowNode[]) {
    const now = state.current;
    now.target = after;
    if (now.times !== times) {
      now.times = times;
      if (!calm()) {
        now.from = new Map(before.map((node) => [node.id, node.position]));
        now.started = performance.now();
        cancelAnimationFrame(now.frame);
        return paint();
      }
    }
    if (now.frame === 0) draw(after);
  };
}
