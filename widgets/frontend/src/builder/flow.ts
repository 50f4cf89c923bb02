// The graph document as React Flow wants it: layers, frames around groups, collapsed groups, notes, wires.
import { MarkerType, type Edge, type Node } from "@xyflow/react";
import { same } from "../shared/values";
import type { Fix, GraphDocument, GraphNode, Group, GroupReport, LayerForm, NodeReport, Note } from "../shared/types";
import { bow, type Box } from "./bow";
import { groupTitle, shownAs } from "./groups";
import { upperLeft, USUAL_SIZE, type Direction, type Place, type Places, type Size } from "./layout";
import type { Known } from "./session";

export interface LayerData extends Record<string, unknown> {
  node: GraphNode;
  form: LayerForm | undefined;
  report: NodeReport | undefined;
  direction: Direction;
  refused: string | undefined;
}

export interface GroupData extends Record<string, unknown> {
  group: Group;
  report: GroupReport | undefined;
  direction: Direction;
  /** What is wrong with a layer inside. */
  inside: string | undefined;
  families: string[];
  refused: string | undefined;
}

export interface NoteData extends Record<string, unknown> {
  note: Note;
}

export type LayerFlowNode = Node<LayerData, "layer">;
export type GroupFlowNode = Node<GroupData, "frame" | "block">;
export type NoteFlowNode = Node<NoteData, "note">;
export type FlowNode = LayerFlowNode | GroupFlowNode | NoteFlowNode;
export interface WireData extends Record<string, unknown> {
  index: number;
  error: string | undefined;
  fixes: Fix[];
  /** Where it passes across the flow; null where its own way is free. */
  bow: number | null;
  direction: Direction;
}
export type Wire = Edge<WireData, "wire">;

const PAD = 18; // pixels between a frame and what is in it
export const HEAD = 34; // and the height of its head

/** The frame around some nodes. */
export function frameOf(nodes: string[], places: Places, sizes: Map<string, Size>): { at: Place; size: Size } {
  const boxes = nodes.flatMap((id) => {
    const at = places.get(id);
    return at === undefined ? [] : [{ at, size: sizes.get(id) ?? USUAL_SIZE }];
  });
  const [x, y] = boxes.length === 0 ? [0, 0] : upperLeft(boxes.map((box) => box.at));
  const right = Math.max(x, ...boxes.map((box) => box.at[0] + box.size.width));
  const bottom = Math.max(y, ...boxes.map((box) => box.at[1] + box.size.height));
  return { at: [x - PAD, y - PAD - HEAD], size: { width: right - x + 2 * PAD, height: bottom - y + 2 * PAD + HEAD } };
}

export interface Look {
  places: Places;
  sizes: Map<string, Size>;
  selected: string[];
  /** The one node that the Tab key reaches. */
  current: string | undefined;
  direction: Direction;
  refused: Record<string, string>;
}

const BEHIND = -1; // frames lie under the wires, which lie under the layers

export function flowNodes(known: Known, look: Look, before: FlowNode[]): FlowNode[] {
  const { document } = known;
  const old = new Map(before.map((node) => [node.id, node]));
  const groups = (document.groups ?? []).map((group) => groupNode(known, group, look));
  const layers = document.nodes.filter((node) => shownAs(document, node.id) === node.id).map((node) => layerNode(known, node, look));
  const notes = (document.notes ?? []).map((note) => noteNode(note, look));
  return [...groups, ...layers, ...notes].map((node) => settled(node, old.get(node.id), look));
}

/** With what React Flow knows of it, and the same data object as before where nothing in it has changed. */
function settled(now: FlowNode, before: FlowNode | undefined, look: Look): FlowNode {
  const own = {
    selected: look.selected.includes(now.id), domAttributes: { tabIndex: look.current === now.id ? 0 : -1 } as FlowNode["domAttributes"],
  };
  if (before === undefined || before.type !== now.type) return { ...now, ...own } as FlowNode;
  const kept = alike(before.data, now.data) ? before.data : now.data;
  const size = now.width === undefined ? {} : { width: now.width, height: now.height };
  const position = before.dragging ? before.position : now.position;
  const still = before.selected === own.selected && kept === before.data && same(position, before.position) && now.width === before.width
    && now.height === before.height && same(own.domAttributes, before.domAttributes) && now.zIndex === before.zIndex;
  return still ? before : ({ ...before, ...now, ...size, ...own, position, data: kept } as FlowNode);
}

function alike(before: Record<string, unknown>, now: Record<string, unknown>): boolean {
  return Object.keys(now).every((key) => before[key] === now[key] || (key !== "form" && same(before[key], now[key])));
}

/** What is wrong with a node, without its id, where that is said anyway. */
export const unnamed = (message: string, id: string) => (message.startsWith(`${id}: `) ? message.slice(id.length + 2) : message);

function layerNode(known: Known, node: GraphNode, look: Look): LayerFlowNode {
  const [x, y] = look.places.get(node.id) ?? [0, 0];
  const report = known.analysis.nodes[node.id];
  const wrong = report?.error ? `, wrong: ${unnamed(report.error.message, node.id)}` : "";
  return {
    id: node.id, type: "layer", position: { x, y }, zIndex: look.selected.includes(node.id) ? 2 : 1,
    data: { node, form: known.forms.get(node.layer), report, direction: look.direction, refused: look.refused[node.id] },
    ariaLabel: `${node.title ?? node.id}, ${node.layer}${node.bypass ? ", bypassed" : ""}${wrong}`,
  };
}

function groupNode(known: Known, group: Group, look: Look): GroupFlowNode {
  const { document, analysis, forms } = known;
  const inside = group.nodes.map((id) => analysis.nodes[id]?.error?.message).find((message) => message !== undefined);
  const kinds = document.nodes.filter((node) => group.nodes.includes(node.id)).map((node) => forms.get(node.layer)?.family ?? "other");
  const data = {
    group, report: analysis.groups?.[group.id], direction: look.direction, inside, families: [...new Set(kinds)],
    refused: group.nodes.every((id) => look.refused[id] !== undefined) ? look.refused[group.nodes[0]!] : undefined,
  };
  const ariaLabel = `group ${groupTitle(group)}${group.repeat ? `, ${group.repeat} times` : ""}`;
  if (group.collapsed) {
    const [x, y] = upperLeft(group.nodes.map((id) => look.places.get(id) ?? [0, 0]));
    return { id: group.id, type: "block", position: { x, y }, zIndex: 1, data, ariaLabel };
  }
  const { at: [x, y], size: { width, height } } = frameOf(group.nodes, look.places, look.sizes);
  return {
    id: group.id, type: "frame", position: { x, y }, width, height, zIndex: BEHIND, data, ariaLabel, dragHandle: ".hb-frame-head",
    style: { pointerEvents: "none" },
  };
}

function noteNode(note: Note, look: Look): NoteFlowNode {
  const [x, y] = look.places.get(note.id) ?? note.position;
  return {
    id: note.id, type: "note", position: { x, y }, width: note.size[0], height: note.size[1], zIndex: 1, data: { note }, dragHandle: ".hb-note-head",
    ariaLabel: `note: ${note.text}`,
  };
}

/** The boxes of what is drawn, by id. */
function boxesOf(document: GraphDocument, { places, sizes }: Look): Map<string, Box> {
  const boxes = new Map<string, Box>();
  const size = (id: string) => sizes.get(id) ?? USUAL_SIZE;
  for (const { id } of document.nodes) if (shownAs(document, id) === id) boxes.set(id, { at: places.get(id) ?? [0, 0], size: size(id) });
  for (const group of document.groups ?? []) {
    if (group.collapsed) boxes.set(group.id, { at: upperLeft(group.nodes.map((id) => places.get(id) ?? [0, 0])), size: size(group.id) });
  }
  return boxes;
}

export function flowEdges({ document, analysis }: Known, selected: number[], look: Look, before: Wire[] = []): Wire[] {
  const old = new Map(before.map((wire) => [wire.id, wire]));
  const boxes = boxesOf(document, look);
  const wrongs = new Map(analysis.edges.map((each) => [`${each.source} ${each.target}`, each]));
  return document.edges.flatMap((edge, index): Wire[] => {
    const [source, target] = [shownAs(document, edge.source), shownAs(document, edge.target)];
    const [from, to] = [boxes.get(source), boxes.get(target)];
    if (source === target || from === undefined || to === undefined) return [];
    const report = wrongs.get(`${edge.source} ${edge.target}`);
    const wrong = report !== undefined;
    const reached = selected.includes(index) || look.selected.includes(source) || look.selected.includes(target);
    const others = spans(from, to, look.direction) ? [...boxes].filter(([id]) => id !== source && id !== target).map(([, box]) => box) : [];
    const wire: Wire = {
      id: String(index), type: "wire", source, target, selected: selected.includes(index), zIndex: 0,
      className: wrong ? "hb-edge hb-edge-wrong" : "hb-edge", domAttributes: { tabIndex: reached ? 0 : -1 } as Wire["domAttributes"],
      data: {
        index, error: report?.error, fixes: report?.fixes ?? [], direction: look.direction,
        bow: others.length === 0 ? null : bow(from, to, others, look.direction),
      },
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16, color: wrong ? "var(--hb-error)" : "var(--hb-wire)" },
      ariaLabel: `wire from ${edge.source} to ${edge.target}${wrong ? `: ${report.error}` : ""}`,
    };
    const earlier = old.get(wire.id);
    return [earlier !== undefined && same(earlier, wire) ? earlier : wire];
  });
}

/** Whether a wire is long enough to pass by another node. */
const spans = (from: Box, to: Box, direction: Direction) =>
  direction === "LR" ? to.at[0] - from.at[0] - from.size.width > 120 : to.at[1] - from.at[1] - from.size.height > 80;
