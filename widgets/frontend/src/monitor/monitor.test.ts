import { describe, expect, test } from "vitest";
import type { PointsMessage, RunStatus } from "../shared/types";
import { best, extent, firstFrom, valueAt } from "./best";
import { newsBetween } from "./news";
import { append, createSeries, floats, noCurves, take } from "./series";
import { createSmooth, follow, weightFor } from "./smooth";
import { thin } from "./thin";

/** Numbers as they come over the wire, at an odd offset. */
function wire(numbers: number[]): DataView {
  const bytes = new Uint8Array(Float32Array.from(numbers).buffer);
  const odd = new Uint8Array(bytes.length + 1);
  odd.set(bytes, 1);
  return new DataView(odd.buffer, 1);
}
const points = (from: number, count: number, reset = false): PointsMessage => ({
  part: "monitor", type: "points", reset, series: [{ name: "loss", each: "batch", from, count }], marks: [],
});

describe("curves", () => {
  test("are read from buffers that are not aligned", () => {
    expect([...floats(wire([1, 2.5]), 2)!]).toEqual([1, 2.5]);
    expect(floats(wire([1]), 2)).toBeNull();
  });
  test("grow by what is new", () => {
    const curves = noCurves();
    expect(take(curves, points(0, 2, true), [wire([1, 2]), wire([0.5, 0.4])])).toBe(true);
    expect(take(curves, points(2, 1), [wire([3]), wire([0.25])])).toBe(true);
    const loss = curves.series.get("loss")!;
    expect([...loss.x.subarray(0, loss.count)]).toEqual([1, 2, 3]);
    expect(loss.y[2]).toBe(0.25);
  });
  test("say so where points are missing", () => {
    expect(take(noCurves(), points(5, 1), [wire([6]), wire([1])])).toBe(false);
  });
  test("take points that come twice once", () => {
    const curves = noCurves();
    take(curves, points(0, 2, true), [wire([1, 2]), wire([0.5, 0.4])]);
    expect(take(curves, points(1, 2), [wire([2, 3]), wire([0.4, 0.3])])).toBe(true);
    expect(curves.series.get("loss")!.count).toBe(3);
  });
  test("start over at a reset", () => {
    const curves = noCurves();
    take(curves, points(0, 2, true), [wire([1, 2]), wire([0.5, 0.4])]);
    take(curves, points(0, 1, true), [wire([1]), wire([9])]);
    expect(curves.series.get("loss")!.count).toBe(1);
    expect(curves.generation).toBe(2);
  });
  test("keep those of the parent apart", () => {
    const curves = noCurves();
    const header = { name: "loss", each: "batch", from: 0, count: 1 } as const;
    const message: PointsMessage = { ...points(0, 1, true), series: [header, { ...header, of: "parent" }] };
    expect(take(curves, message, [wire([1]), wire([0.5]), wire([1]), wire([0.75])])).toBe(true);
    expect(curves.series.get("loss")!.y[0]).toBe(0.5);
    expect(curves.parent.get("loss")!.y[0]).toBe(0.75);
    take(curves, points(0, 1, true), [wire([1]), wire([9])]);
    expect(curves.parent.size).toBe(0);
  });
  test("hold a hundred thousand points added one by one", () => {
    const series = createSeries("loss", "batch");
    for (let i = 0; i < 100_000; i += 1) append(series, [i + 1], [i % 7]);
    expect(series.count).toBe(100_000);
    expect(series.x[99_999]).toBe(100_000);
  });
  test("keep what is not finite as a gap", () => {
    const series = createSeries("loss", "batch");
    append(series, [1, 2], [Infinity, NaN]);
    expect([...series.y.subarray(0, 2)]).toEqual([NaN, NaN]);
  });
});

describe("smoothing", () => {
  test("of a constant is that constant, from the first point on", () => {
    expect([...follow(createSmooth(0.9), Float64Array.of(2, 2, 2), 3).y.subarray(0, 3)].map((value) => value.toFixed(9))).toEqual(Array(3).fill("2.000000000"));
  });
  test("goes on where it was, as if it had seen all at once", () => {
    const y = Float64Array.of(3, 1, 4, 1, 5);
    const once = follow(createSmooth(0.8), y, 5);
    const parts = follow(follow(createSmooth(0.8), y, 2), y, 5);
    expect([...parts.y.subarray(0, 5)]).toEqual([...once.y.subarray(0, 5)]);
  });
  test("reaches further the more points there are", () => {
    expect(weightFor(0.9, 400)).toBeCloseTo(0.9);
    expect(weightFor(0.9, 4096)).toBeCloseTo(0.95);
    expect(weightFor(0, 100_000)).toBe(0);
  });
  test("passes over gaps", () => {
    const smooth = follow(createSmooth(0.5), Float64Array.of(1, NaN, 1), 3);
    expect([...smooth.y.subarray(0, 3)]).toEqual([1, NaN, 1]);
  });
});

describe("thinning", () => {
  const y = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 300));
  y[5003] = 50;
  y[7777] = -50;
  test("keeps both ends and every peak", () => {
    const kept = [...thin(y, 0, y.length, 400)];
    expect(kept.length).toBeLessThanOrEqual(402);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(9_999);
    expect(kept).toContain(5003);
    expect(kept).toContain(7777);
    expect(kept.every((index, i) => i === 0 || index > kept[i - 1]!)).toBe(true);
  });
  test("keeps all where they are few", () => {
    expect([...thin(y, 10, 14, 400)]).toEqual([10, 11, 12, 13]);
    expect([...thin(y, 3, 3, 400)]).toEqual([]);
  });
});

describe("looking up", () => {
  const series = createSeries("val_loss", "epoch");
  append(series, [10, 20, 30, 40], [3, 1, NaN, 2]);
  test("finds the best point", () => {
    expect(best(series, "lowest")).toBe(1);
    expect(best(series, "highest")).toBe(0);
    expect(best(createSeries("loss", "batch"), "lowest")).toBe(-1);
  });
  test("finds the range in sight", () => {
    expect(extent(series, 15, 45)).toEqual([1, 2]);
    expect(extent(series, 50, 60)).toEqual([Infinity, -Infinity]);
  });
  test("finds the value at or before a step", () => {
    expect(firstFrom(series, 20)).toBe(1);
    expect(valueAt(series, 25)).toBe(1);
    expect(valueAt(series, 5)).toBeNaN();
  });
});

describe("news", () => {
  const run = (more: Partial<RunStatus>): RunStatus => ({
    name: "run 1", state: "running", epoch: 0, epochs: 9, step: 0, steps: null, eta: null, elapsed: null, throughput: null,
    learning_rate: null, device: null, file: null, error: null, values: { loss: 0.25 }, ...more,
  });
  const target = { metric: "val_accuracy", value: 0.95, rises: true, epoch: null };
  test("are that a run ends or fails", () => {
    expect(newsBetween(run({}), run({ state: "done" }))).toEqual([{ title: "run 1 is done", body: "loss 0.25", tag: "hornbook run 1 end" }]);
    const error = { message: "The loss became NaN", where: null, traceback: "", back: null, again: null };
    expect(newsBetween(run({ state: "paused" }), run({ state: "failed", error }))[0]).toMatchObject({ title: "run 1 failed", body: "The loss became NaN" });
  });
  test("are that a target is reached", () => {
    const [told] = newsBetween(run({ target }), run({ target: { ...target, epoch: 3 } }));
    expect(told).toMatchObject({ title: "run 1 reached val_accuracy ≥ 0.95", body: "in epoch 3 of 9" });
  });
  test("are nothing that was so before, and nothing of another run or target", () => {
    expect(newsBetween(null, run({ state: "done" }))).toEqual([]);
    expect(newsBetween(run({ state: "done" }), run({ state: "done" }))).toEqual([]);
    expect(newsBetween(run({}), run({ name: "run 2", state: "done" }))).toEqual([]);
    expect(newsBetween(run({ target: { ...target, value: 0.99 } }), run({ target: { ...target, epoch: 3 } }))).toEqual([]);
    expect(newsBetween(run({}), run({ state: "paused" }))).toEqual([]);
    expect(newsBetween(run({ state: "resumable" }), run({ state: "done", past: { path: "run.h5", held: [] } }))).toEqual([]); // shown from its file
  });
});
