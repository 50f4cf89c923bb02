// One uPlot chart: batch curves faint and smoothed by uPlot, epoch curves, marks and the best point drawn over them.
import uPlot from "uplot";
import { colour } from "../shared/theme";
import { figure } from "../shared/format";
import { best, extent, firstFrom } from "./best";
import type { Curves, Series } from "./series";
import { createSmooth, follow, type Smooth } from "./smooth";
import { thin } from "./thin";

export interface Plan {
  /** The metrics of this chart, without "val_". */
  names: string[];
  wanted: "lowest" | "highest";
  log: boolean;
  smoothing: number;
}

export interface Chart {
  update(): void;
  resize(width: number, height: number): void;
  reset(): void;
  destroy(): void;
}

export const COLOURS = ["--hb-curve-1", "--hb-curve-3", "--hb-curve-5", "--hb-curve-7"];
export const VAL_COLOURS = ["--hb-curve-2", "--hb-curve-4", "--hb-curve-6", "--hb-curve-8"];
const DENSE = 4; // points drawn for each pixel of width, at most

export function createChart(
  box: HTMLElement, curves: Curves, plan: Plan, size: { width: number; height: number }, onCursor: (x: number | null) => void,
): Chart {
  const paint = (name: string) => colour(box, name);
  const smooths = new Map<string, Smooth>();
  let zoom: [number, number] | null = null;
  let generation = curves.generation;
  const held = (name: string) => curves.series.get(name);
  const vals = () => plan.names.flatMap((name) => held(`val_${name}`) ?? []);
  const batches = () => plan.names.map((name) => held(name));

  function xRange(): [number, number] {
    if (zoom !== null) return zoom;
    const ends = [...batches(), ...vals()].map((series) => (series?.count ? series.x[series.count - 1]! : 1));
    return [1, Math.max(2, ...ends)];
  }

  function yRange(from: number, to: number): [number, number] {
    const found = [...batches(), ...vals()].flatMap((series) => (series ? [extent(series, from, to, plan.log ? 0 : -Infinity)] : []));
    const low = Math.min(...found.map((range) => range[0]));
    const high = Math.max(...found.map((range) => range[1]));
    if (!(low <= high)) return plan.log ? [0.1, 1] : [0, 1];
    if (plan.log) return [low / 1.15, high * 1.15];
    const margin = (high - low || Math.abs(high) || 1) * 0.06;
    const floor = low >= 0 && low - margin < 0 ? 0 : low - margin;
    return [floor, plan.wanted === "highest" && high <= 1 ? Math.min(high + margin, 1.02) : high + margin];
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
      const smooth = follow(smooths.get(name) ?? createSmooth(plan.smoothing), series.y, series.count);
      smooths.set(name, smooth);
      const raw = series.y.subarray(0, series.count);
      return [pick(raw), pick(smooth.y.subarray(0, series.count))];
    });
    return [Array.from(indices, (index) => lead.x[index]!), ...columns] as uPlot.AlignedData;
  }

  function drawEpochs(plot: uPlot, series: Series, stroke: string) {
    const { ctx } = plot;
    const at = (i: number): [number, number] => [plot.valToPos(series.x[i]!, "x", true), plot.valToPos(series.y[i]!, "y", true)];
    const ratio = devicePixelRatio;
    ctx.strokeStyle = ctx.fillStyle = stroke;
    ctx.lineWidth = 1.75 * ratio;
    ctx.beginPath();
    for (let i = 0; i < series.count; i += 1) ctx.lineTo(...at(i));
    ctx.stroke();
    if (series.count < 200) {
      for (let i = 0; i < series.count; i += 1) {
        ctx.beginPath();
        ctx.arc(...at(i), 2.75 * ratio, 0, 2 * Math.PI);
        ctx.fill();
      }
    }
    const top = best(series, plan.wanted);
    if (top < 0) return;
    const [x, y] = at(top);
    ctx.beginPath();
    ctx.arc(x, y, 6 * ratio, 0, 2 * Math.PI);
    ctx.stroke();
    label(plot, `best ${figure(series.y[top], 4)}`, x, y + (plan.wanted === "lowest" ? -12 : 16) * ratio, stroke, true);
  }

  function label(plot: uPlot, text: string, x: number, y: number, fill: string, centred = false): number {
    const { ctx } = plot;
    const ratio = devicePixelRatio;
    ctx.font = `${11 * ratio}px ${paint("--hb-font")}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    const width = ctx.measureText(text).width;
    const { left, width: room, top, height } = plot.bbox;
    const start = Math.max(left + 3 * ratio, Math.min(centred ? x - width / 2 : x, left + room - width - 3 * ratio));
    const line = Math.max(top + 11 * ratio, Math.min(y, top + height - 4 * ratio));
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = paint("--hb-paper");
    ctx.lineJoin = "round";
    ctx.strokeText(text, start, line);
    ctx.fillStyle = fill;
    ctx.fillText(text, start, line);
    return start + width;
  }

  function drawMarks(plot: uPlot) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const rows: number[] = [];
    const [from, to] = [plot.scales.x!.min ?? 0, plot.scales.x!.max ?? 0];
    for (const mark of curves.marks) {
      if (mark.step < from || mark.step > to) continue;
      const x = plot.valToPos(mark.step, "x", true);
      ctx.strokeStyle = paint("--hb-mark");
      ctx.lineWidth = ratio;
      ctx.setLineDash([4 * ratio, 3 * ratio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.setLineDash([]);
      let row = rows.findIndex((end) => end < x);
      if (row < 0) row = rows.length < 4 ? rows.length : 3;
      rows[row] = label(plot, mark.label, x + 4 * ratio, bbox.top + (12 + 14 * row) * ratio, paint("--hb-mark")) + 8 * ratio;
    }
  }

  function draw(plot: uPlot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top - 2, bbox.width, bbox.height + 4);
    ctx.clip();
    plan.names.forEach((name, index) => {
      const series = held(`val_${name}`);
      if (series !== undefined) drawEpochs(plot, series, paint(VAL_COLOURS[index % VAL_COLOURS.length]!));
    });
    drawMarks(plot);
    ctx.restore();
  }

  const axis = (): uPlot.Axis => ({
    stroke: () => paint("--hb-soft"), font: `11px ${paint("--hb-font")}`, grid: { stroke: () => paint("--hb-grid"), width: 1 },
    ticks: { stroke: () => paint("--hb-grid"), width: 1, size: 4 },
  });
  const lines = plan.names.flatMap((name, index): uPlot.Series[] => {
    const stroke = () => paint(COLOURS[index % COLOURS.length]!);
    const points = { show: false };
    return [
      { label: name, stroke, width: 1, alpha: plan.smoothing > 0 ? 0.28 : 1, points },
      { label: `${name}, smoothed`, stroke, width: 2, points, show: plan.smoothing > 0 },
    ];
  });

  const plot = new uPlot({
    ...size, legend: { show: false }, padding: [8, 12, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => xRange() },
      y: { distr: plan.log ? 3 : 1, range: (at) => yRange(at.scales.x!.min ?? 0, at.scales.x!.max ?? 1) },
    },
    axes: [
      { ...axis(), size: 28, gap: 3, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? tick.toLocaleString("en-US") : "")) },
      { ...axis(), size: 52, gap: 4, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : figure(tick, 3))) },
    ],
    series: [{}, ...lines],
    hooks: {
      draw: [draw],
      setCursor: [(at) => onCursor(at.cursor.left === undefined || at.cursor.left < 0 ? null : at.posToVal(at.cursor.left, "x"))],
      setSelect: [(at) => {
        if (at.select.width < 4) return;
        zoom = [at.posToVal(at.select.left, "x"), at.posToVal(at.select.left + at.select.width, "x")];
        at.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        update();
      }],
    },
  }, data(), box);

  function update() {
    if (generation !== curves.generation) {
      generation = curves.generation;
      smooths.clear();
      zoom = null;
    }
    plot.setData(data(), true);
  }
  function reset() {
    zoom = null;
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
