// The graph document as React Flow wants it.
import { MarkerType, type Edge, type Node } from "@xyflow/react";
import { same } from "../shared/values";
import type { Analysis, GraphNode, LayerForm, NodeReport } from "../shared/types";
import type { Known } from "./session";
import type { Direction, Places } from "./layout";

export interface LayerData extends Record<string, unknown> {
  node: GraphNode;
  form: LayerForm | undefined;
  report: NodeReport | undefined;
  direction: Direction;
}

export type LayerFlowNode = Node<LayerData, "layer">;

function data(known: Known, node: GraphNode, direction: Direction): LayerData {
  return { node, form: known.forms.get(node.layer), report: known.analysis.nodes[node.id], direction };
}

/** The same object as before where nothing in it has changed, so that only changed nodes are drawn again. */
function reuse(before: LayerData | undefined, now: LayerData): LayerData {
  if (before === undefined || before.form !== now.form || before.direction !== now.direction) return now;
  return same(before.node, now.node) && same(before.report, now.report) ? before : now;
}

export function flowNodes(
  known: Known, places: Places, selected: string[], direction: Direction, before: LayerFlowNode[],
): LayerFlowNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  return known.document.nodes.map((node) => {
    const previous = old.get(node.id);
    const [x, y] = places.get(node.id) ?? [0, 0];
    const position = previous?.dragging ? previous.position : { x, y };
    return {
      ...previous, id: node.id, type: "layer", position, selected: selected.includes(node.id),
      data: reuse(previous?.data, data(known, node, direction)), ariaLabel: `${node.layer} ${node.id}`,
    };
  });
}

function edgeError(analysis: Analysis, source: string, target: string): string | undefined {
  return analysis.edges.find((edge) => edge.source === source && edge.target === target)?.error;
}

export function flowEdges(known: Known, selected: number[]): Edge[] {
  return known.document.edges.map(({ source, target }, index) => {
    const error = edgeError(known.analysis, source, target);
    const colour = error !== undefined ? "var(--hb-error)" : "var(--hb-wire)";
    return {
      id: String(index), source, target, selected: selected.includes(index),
      className: error !== undefined ? "hb-edge hb-edge-wrong" : "hb-edge",
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16, color: colour },
      ariaLabel: `wire from ${source} to ${target}${error === undefined ? "" : `: ${error}`}`,
    };
  });
}
