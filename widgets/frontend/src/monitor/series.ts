// Curves that grow: points in arrays that double when full, so that adding stays cheap however many there are.
import type { Mark, PointsMessage } from "../shared/types";

export interface Series {
  name: string;
  each: "batch" | "epoch";
  count: number;
  x: Float64Array;
  y: Float64Array;
}

export interface Curves {
  series: Map<string, Series>;
  /** Those of the run it branched from. */
  parent: Map<string, Series>;
  marks: Mark[];
  /** Counts how often the curves were started over. */
  generation: number;
}

const START = 256;

export const noCurves = (): Curves => ({ series: new Map(), parent: new Map(), marks: [], generation: 0 });

export function createSeries(name: string, each: "batch" | "epoch"): Series {
  return { name, each, count: 0, x: new Float64Array(START), y: new Float64Array(START) };
}

function grown(numbers: Float64Array, needed: number): Float64Array {
  if (needed <= numbers.length) return numbers;
  const larger = new Float64Array(Math.max(needed, 2 * numbers.length));
  larger.set(numbers);
  return larger;
}

/** Adds points at the end. What is not finite becomes NaN: a gap, and no infinite axis. */
export function append(series: Series, x: ArrayLike<number>, y: ArrayLike<number>): void {
  const start = series.count;
  const end = start + y.length;
  series.x = grown(series.x, end);
  series.y = grown(series.y, end);
  for (let i = 0; i < y.length; i += 1) {
    series.x[start + i] = x[i]!;
    series.y[start + i] = Number.isFinite(y[i]!) ? y[i]! : NaN;
  }
  series.count = end;
}

/** `count` little-endian float32 numbers; the view may start anywhere, so its bytes are copied first. */
export function floats(buffer: DataView | undefined, count: number): Float32Array | null {
  if (buffer === undefined || buffer.byteLength < 4 * count) return null;
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, 4 * count);
  return new Float32Array(bytes.slice().buffer);
}

/** Takes a points message in. False where points before it are missing: then everything must be asked for again. */
export function take(curves: Curves, message: PointsMessage, buffers: DataView[]): boolean {
  if (message.reset) {
    curves.series.clear();
    curves.parent.clear();
    curves.generation += 1;
  }
  curves.marks = message.marks;
  return message.series.every((header, index) => {
    const owner = header.of === "parent" ? curves.parent : curves.series;
    const series = owner.get(header.name) ?? createSeries(header.name, header.each);
    const x = floats(buffers[2 * index], header.count);
    const y = floats(buffers[2 * index + 1], header.count);
    if (x === null || y === null || header.from > series.count) return false;
    const known = series.count - header.from; // points that came before, as when two views ask at once
    append(series, x.subarray(Math.min(known, header.count)), y.subarray(Math.min(known, header.count)));
    owner.set(header.name, series);
    return true;
  });
}
