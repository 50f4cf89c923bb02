// One uPlot chart: batch curves, faint and smoothed; epoch curves, marks and the best point are painted over them.
import uPlot from "uplot";
import { colour } from "../shared/theme";
import { figure, tickLabels } from "../shared/format";
import { extent, firstFrom } from "./best";
import { drawBehind, drawEpochs, drawMarks } from "./paint";
import type { Curves, Series } from "./series";
import { createSmooth, follow, weightFor, type Smooth } from "./smooth";
import { thin } from "./thin";

export interface Plan {
  /** The metrics of this chart, without "val_". */
  names: string[];
  wanted: "lowest" | "highest";
  log: boolean;
  smoothing: number;
  /** The name of the run it branched from. */
  parent: string | null;
}

/** The steps in sight, null for all; kept outside, so that it outlives a chart that is made anew. */
export interface Zoom {
  range: [number, number] | null;
}

export interface Chart {
  update(): void;
  resize(width: number, height: number): void;
  reset(): void;
  destroy(): void;
}

export const COLOURS = ["--hb-curve-1", "--hb-curve-3", "--hb-curve-5", "--hb-curve-7"];
export const VAL_COLOURS = ["--hb-curve-2", "--hb-curve-4", "--hb-curve-6", "--hb-curve-8"];
/** Steps from tick to tick, also of losses that diverge: uPlot's own end at 5e32. */
const STEPS = Array.from({ length: 78 }, (_, index) => [1, 2, 2.5, 5].map((first) => Number(`${first}e${index - 32}`))).flat();
const DENSE = 2; // points drawn for each pixel of width, at most

const grouped = (steps: number) => steps.toLocaleString("en-US");

export function createChart(
  box: HTMLElement, curves: Curves, plan: Plan, zoom: Zoom, size: { width: number; height: number }, onCursor: (x: number | null) => void,
): Chart {
  const paint = (name: string) => colour(box, name);
  const smooths = new Map<string, Smooth>();
  let generation = curves.generation;
  const held = (name: string) => curves.series.get(name);
  const vals = () => plan.names.flatMap((name) => held(`val_${name}`) ?? []);
  const batches = () => plan.names.map((name) => held(name));
  const behind = () => plan.names.flatMap((name) => [curves.parent.get(name), curves.parent.get(`val_${name}`)]);
  const all = () => [...batches(), ...vals(), ...behind()];

  function xRange(): [number, number] {
    if (zoom.range !== null) return zoom.range;
    const ends = all().map((series) => (series?.count ? series.x[series.count - 1]! : 1));
    return [1, Math.max(2, ...ends)];
  }

  function yRange(from: number, to: number): [number, number] {
    const found = all().flatMap((series) => (series ? [extent(series, from, to, plan.log ? 0 : -Infinity)] : []));
    const low = Math.min(...found.map((range) => range[0]));
    const high = Math.max(...found.map((range) => range[1]));
    if (!(low <= high)) return plan.log ? [0.1, 1] : [0, 1];
    if (plan.log) return [low / 1.15, high * 1.15];
    const margin = (high - low || Math.abs(high) || 1) * 0.06;
    const floor = low >= 0 && low - margin < 0 ? 0 : low - margin;
    return [floor, plan.wanted === "highest" && high <= 1 ? Math.min(high + margin, 1.02) : high + margin];
  }

  function smoothed(key: string, series: Series): Float64Array {
    const weight = weightFor(plan.smoothing, series.count);
    const before = smooths.get(key);
    const smooth = follow(before?.weight === weight ? before : createSmooth(weight), series.y, series.count);
    smooths.set(key, smooth);
    return smooth.y.subarray(0, series.count);
  }

  /** The batch curves in sight, thinned to what the pixels can show: x, then for each metric raw and smoothed. */
  function data(): uPlot.AlignedData {
    const [from, to] = xRange();
    const lead = batches().find((series) => series !== undefined && series.count > 0);
    if (lead === undefined) return [[from, to], ...plan.names.flatMap(() => [[null, null], [null, null]])] as uPlot.AlignedData;
    const start = Math.max(0, firstFrom(lead, from) - 1);
    const end = Math.min(lead.count, firstFrom(lead, to) + 2);
    const indices = thin(lead.y, start, end, DENSE * Math.max(100, size.width));
    const pick = (numbers: Float64Array | undefined) => Array.from(indices, (index) => {
      const value = numbers?.[index];
      return value === undefined || Number.isNaN(value) ? null : value;
    });
    const columns = plan.names.flatMap((name) => {
      const series = held(name);
      if (series === undefined) return [pick(undefined), pick(undefined)];
      return [pick(series.y.subarray(0, series.count)), pick(smoothed(name, series))];
    });
    return [Array.from(indices, (index) => lead.x[index]!), ...columns] as uPlot.AlignedData;
  }

  function clipped(plot: uPlot, work: () => void) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top - 2, bbox.width, bbox.height + 4);
    ctx.clip();
    work();
    ctx.restore();
  }

  /** The curves of the run it branched from, dimmed; named at the first. */
  const drawParent = (plot: uPlot) => clipped(plot, () => {
    const [from, to] = xRange();
    let name = plan.parent ?? "parent";
    for (const series of behind()) {
      if (series === undefined || series.count === 0) continue;
      const y = series.each === "batch" ? smoothed(`parent ${series.name}`, series) : series.y;
      const indices = thin(y, Math.max(0, firstFrom(series, from) - 1), Math.min(series.count, firstFrom(series, to) + 2), DENSE * Math.max(100, size.width));
      drawBehind(plot, Array.from(indices, (index): [number, number] => [series.x[index]!, y[index]!]), name, paint("--hb-behind"));
      name = "";
    }
  });

  const draw = (plot: uPlot) => clipped(plot, () => {
    plan.names.forEach((name, index) => {
      const series = held(`val_${name}`);
      if (series !== undefined) drawEpochs(plot, series, paint(VAL_COLOURS[index % VAL_COLOURS.length]!), plan.wanted);
    });
    drawMarks(plot, curves.marks, plan.wanted === "lowest" ? "top" : "bottom");
  });

  const axis = (): uPlot.Axis => ({
    stroke: () => paint("--hb-soft"), font: `11px ${paint("--hb-font")}`, grid: { stroke: () => paint("--hb-grid"), width: 1 },
    ticks: { stroke: () => paint("--hb-grid"), width: 1, size: 4 },
  });
  const lines = plan.names.flatMap((name, index): uPlot.Series[] => {
    const stroke = () => paint(COLOURS[index % COLOURS.length]!);
    const quiet = { points: { show: false }, pxAlign: 0 };
    return [
      { label: name, stroke, width: 1, alpha: plan.smoothing > 0 ? 0.28 : 1, ...quiet },
      { label: `${name}, smoothed`, stroke, width: 2, ...quiet, show: plan.smoothing > 0 },
    ];
  });

  /** Room at the right for half of the label at the axis' end: a digit is about 6 pixels wide. */
  const lastLabel = () => 10 + 3.2 * grouped(Math.round(xRange()[1])).length;

  const plot = new uPlot({
    ...size, legend: { show: false }, padding: [8, lastLabel, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => xRange() },
      y: { distr: plan.log ? 3 : 1, range: () => yRange(...xRange()) },
    },
    axes: [
      { ...axis(), size: 28, gap: 3, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? grouped(tick) : "")) },
      {
        ...axis(), gap: 4, incrs: STEPS, values: (_, ticks) => (plan.log ? ticks.map((tick) => (tick === null ? "" : figure(tick, 3))) : tickLabels(ticks)),
        size: (_, labels) => Math.max(52, 16 + 6.4 * Math.max(0, ...(labels ?? []).map((label) => label.length))),
      },
    ],
    series: [{}, ...lines],
    hooks: {
      drawAxes: [drawParent],
      draw: [draw],
      setCursor: [(at) => onCursor(at.cursor.left === undefined || at.cursor.left < 0 ? null : at.posToVal(at.cursor.left, "x"))],
      setSelect: [(at) => {
        if (at.select.width < 4) return;
        zoom.range = [at.posToVal(at.select.left, "x"), at.posToVal(at.select.left + at.select.width, "x")];
        at.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        update();
      }],
    },
  }, data(), box);

  function update() {
    if (generation !== curves.generation) {
      generation = curves.generation;
      smooths.clear();
      zoom.range = null;
    }
    plot.setData(data(), true);
  }
  function reset() {
    zoom.range = null;
    update();
  }
  plot.over.addEventListener("dblclick", reset);

  return {
    update,
    reset,
    resize(width, height) {
      size = { width, height };
      plot.setSize(size);
      update();
    },
    destroy: () => plot.destroy(),
  };
}
