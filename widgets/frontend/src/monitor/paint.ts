// What is painted over a chart: epoch curves with their best point, and the marks of what was changed.
import type uPlot from "uplot";
import { figure } from "../shared/format";
import { colour } from "../shared/theme";
import type { Mark } from "../shared/types";
import { best } from "./best";
import type { Series } from "./series";

const FEW = 200; // epochs up to which each gets a point
const ROWS = 4; // of labels above each other

/** A text with a halo, held inside the plot. Returns where it ends. */
function label(plot: uPlot, text: string, x: number, y: number, fill: string, centred = false): number {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.font = `${11 * ratio}px ${colour(plot.root, "--hb-font")}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  const width = ctx.measureText(text).width;
  const { left, width: room, top, height } = plot.bbox;
  const start = Math.max(left + 3 * ratio, Math.min(centred ? x - width / 2 : x, left + room - width - 3 * ratio));
  const line = Math.max(top + 11 * ratio, Math.min(y, top + height - 4 * ratio));
  ctx.lineWidth = 3 * ratio;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour(plot.root, "--hb-paper");
  ctx.strokeText(text, start, line);
  ctx.fillStyle = fill;
  ctx.fillText(text, start, line);
  return start + width;
}

/** A plain dim line through some points, and its name at its end; gaps and what a log axis cannot show break it. */
export function drawBehind(plot: uPlot, points: Iterable<[number, number]>, name: string, stroke: string) {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 1.5 * ratio;
  ctx.beginPath();
  let pen = false;
  let end: [number, number] | null = null;
  for (const [step, value] of points) {
    const x = plot.valToPos(step, "x", true);
    const y = plot.valToPos(value, "y", true);
    if (!Number.isFinite(y)) {
      pen = false;
      continue;
    }
    if (pen) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    pen = true;
    end = [x, y];
  }
  ctx.stroke();
  if (end !== null && name !== "") label(plot, name, end[0] - 4 * ratio, end[1] - 6 * ratio, stroke, true);
}

export function drawEpochs(plot: uPlot, series: Series, stroke: string, wanted: "lowest" | "highest") {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const at = (i: number): [number, number] => [plot.valToPos(series.x[i]!, "x", true), plot.valToPos(series.y[i]!, "y", true)];
  const dot = (i: number, radius: number) => {
    ctx.beginPath();
    ctx.arc(...at(i), radius * ratio, 0, 2 * Math.PI);
  };
  ctx.strokeStyle = ctx.fillStyle = stroke;
  ctx.lineWidth = 1.75 * ratio;
  ctx.beginPath();
  for (let i = 0; i < series.count; i += 1) ctx.lineTo(...at(i));
  ctx.stroke();
  for (let i = 0; i < series.count && series.count <= FEW; i += 1) {
    dot(i, 2.75);
    ctx.fill();
  }
  const top = best(series, wanted);
  if (top < 0) return;
  dot(top, 6);
  ctx.stroke();
  const [x, y] = at(top);
  const { left, width } = plot.bbox;
  if (x >= left && x <= left + width) label(plot, `best ${figure(series.y[top])}`, x, y + (wanted === "lowest" ? -12 : 18) * ratio, stroke, true);
}

/** Each mark as a line with its label, at the top or, where the curves rise, at the bottom. */
export function drawMarks(plot: uPlot, marks: Mark[], place: "top" | "bottom") {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const paint = colour(plot.root, "--hb-mark");
  const ends: number[] = []; // of the last label in each row
  const { min = 0, max = 0 } = plot.scales.x!;
  for (const mark of marks) {
    if (mark.step < min || mark.step > max) continue;
    const x = plot.valToPos(mark.step, "x", true);
    ctx.strokeStyle = paint;
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    const free = ends.findIndex((end) => end < x);
    const row = free >= 0 ? free : Math.min(ends.length, ROWS - 1);
    const y = place === "top" ? bbox.top + (12 + 14 * row) * ratio : bbox.top + bbox.height - (6 + 14 * row) * ratio;
    ends[row] = label(plot, mark.label, x + 4 * ratio, y, paint) + 8 * ratio;
  }
}
