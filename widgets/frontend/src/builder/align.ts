// Nodes in line: along an edge or a middle, or with equal gaps.
import type { Place, Places, Size } from "./layout";

export type Line = "left" | "centre" | "right" | "top" | "middle" | "bottom";
export type Axis = 0 | 1;

interface Box {
  id: string;
  at: Place;
  size: Place;
}

function boxes(ids: string[], places: Places, size: (id: string) => Size): Box[] {
  return ids.flatMap((id) => {
    const at = places.get(id);
    const { width, height } = size(id);
    return at === undefined ? [] : [{ id, at, size: [width, height] as Place }];
  });
}

const moved = (box: Box, axis: Axis, to: number): [string, Place] => [
  box.id, axis === 0 ? [Math.round(to), box.at[1]] : [box.at[0], Math.round(to)],
];

/** The nodes of `ids` on one line; the line of edges lies at the outermost, that of middles halfway. */
export function align(ids: string[], line: Line, places: Places, size: (id: string) => Size): Places {
  const all = boxes(ids, places, size);
  const axis: Axis = line === "left" || line === "centre" || line === "right" ? 0 : 1;
  const start = Math.min(...all.map((box) => box.at[axis]));
  const end = Math.max(...all.map((box) => box.at[axis] + box.size[axis]));
  const to = (box: Box) => {
    if (line === "left" || line === "top") return start;
    return line === "right" || line === "bottom" ? end - box.size[axis] : (start + end - box.size[axis]) / 2;
  };
  return new Map(all.map((box) => moved(box, axis, to(box))));
}

/** The nodes of `ids` with equal gaps between the first and the last along an axis, which stay. */
export function distribute(ids: string[], axis: Axis, places: Places, size: (id: string) => Size): Places {
  const all = boxes(ids, places, size).sort((a, b) => a.at[axis] - b.at[axis]);
  if (all.length < 3) return new Map();
  const [first, last] = [all[0]!, all.at(-1)!];
  const room = last.at[axis] + last.size[axis] - first.at[axis];
  const gap = (room - all.reduce((sum, box) => sum + box.size[axis], 0)) / (all.length - 1);
  let at = first.at[axis];
  return new Map(all.map((box) => {
    const place = moved(box, axis, at);
    at += box.size[axis] + gap;
    return place;
  }));
}
