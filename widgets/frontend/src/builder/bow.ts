// Wires that pass over a node bow around it, so that a skip connection can be seen.
import type { Direction, Place, Size } from "./layout";

export interface Box {
  at: Place;
  size: Size;
}

const CLEAR = 22; // pixels between a wire and the node it goes around
const REACH = 60; // pixels a wire has anyway between two neighbours

/** Where across the flow a wire must pass to clear the boxes between its ends; null where its own way is free. */
export function bow(from: Box, to: Box, others: Box[], direction: Direction): number | null {
  const [along, across] = direction === "LR" ? ([0, 1] as const) : ([1, 0] as const);
  const extent = ({ size }: Box, axis: 0 | 1) => (axis === 0 ? size.width : size.height);
  const middle = (box: Box) => box.at[across] + extent(box, across) / 2;
  const [start, end] = [from.at[along] + extent(from, along), to.at[along]];
  if (end - start < REACH) return null;
  const between = others.filter((box) => box.at[along] + extent(box, along) > start + 8 && box.at[along] < end - 8);
  const way = (box: Box) => {
    const part = (box.at[along] + extent(box, along) / 2 - start) / (end - start);
    return middle(from) + (middle(to) - middle(from)) * Math.min(1, Math.max(0, part));
  };
  const hit = (box: Box, at: number) => at > box.at[across] - 6 && at < box.at[across] + extent(box, across) + 6;
  if (!between.some((box) => hit(box, way(box)))) return null;
  const home = (middle(from) + middle(to)) / 2;
  const ways = between.flatMap((box) => [box.at[across] - CLEAR, box.at[across] + extent(box, across) + CLEAR]);
  const free = ways.filter((at) => !between.some((box) => hit(box, at)));
  return free.sort((a, b) => Math.abs(a - home) - Math.abs(b - home))[0] ?? null;
}

/** The path of a wire that bows, and its middle. */
export function bowed(source: Place, target: Place, at: number, direction: Direction): [string, number, number] {
  const flat = (along: number, across: number): Place => (direction === "LR" ? [along, across] : [across, along]);
  const [a, b] = direction === "LR" ? [source[0], target[0]] : [source[1], target[1]];
  const [p, q] = direction === "LR" ? [source[1], target[1]] : [source[0], target[0]];
  const lead = Math.min(90, (b - a) / 3);
  const point = (place: Place) => `${place[0]},${place[1]}`;
  const path = [
    `M${point(flat(a, p))}`, `C${point(flat(a + lead * 0.6, p))} ${point(flat(a + lead * 0.4, at))} ${point(flat(a + lead, at))}`,
    `L${point(flat(b - lead, at))}`, `C${point(flat(b - lead * 0.4, at))} ${point(flat(b - lead * 0.6, q))} ${point(flat(b, q))}`,
  ].join(" ");
  return [path, ...flat((a + b) / 2, at)];
}
