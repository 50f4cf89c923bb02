// Where nodes stand: tidy rows by dagre, and room for new ones.
import { graphlib, layout as arrange } from "@dagrejs/dagre";
import { into, outOf, reaches } from "./document";
import { groupOf, shownAs } from "./groups";
import type { GraphDocument, Group } from "../shared/types";

export type Direction = "LR" | "TB";
export type Place = [number, number];
export type Size = { width: number; height: number };
export type Places = Map<string, Place>;

export const USUAL_SIZE: Size = { width: 192, height: 140 };
export const STEP: Record<Direction, Place> = { LR: [236, 0], TB: [0, 200] };

/** A tidy place for every node. What is in a collapsed group keeps its place in the group. */
export function tidy(document: GraphDocument, direction: Direction, sizes: Map<string, Size>): Places {
  const graph = new graphlib.Graph({ compound: true });
  graph.setGraph({ rankdir: direction, nodesep: 28, ranksep: 44, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, collapsed } of document.groups ?? []) graph.setNode(id, collapsed ? { ...(sizes.get(id) ?? USUAL_SIZE) } : {});
  for (const { id } of document.nodes) {
    if (shownAs(document, id) !== id) continue;
    graph.setNode(id, { ...(sizes.get(id) ?? USUAL_SIZE) });
    const home = groupOf(document, id);
    if (home !== undefined) graph.setParent(id, home.id);
  }
  for (const edge of document.edges) {
    const [source, target] = [shownAs(document, edge.source), shownAs(document, edge.target)];
    if (source !== target) graph.setEdge(source, target);
  }
  arrange(graph);
  const corner = (id: string): Place => {
    const at = graph.node(id) as unknown as { x: number; y: number; width: number; height: number };
    return [Math.round(at.x - at.width / 2), Math.round(at.y - at.height / 2)];
  };
  const places: Places = new Map();
  for (const { id } of document.nodes) if (shownAs(document, id) === id) places.set(id, corner(id));
  for (const one of document.groups ?? []) {
    if (one.collapsed) for (const [id, place] of within(document, one, corner(one.id), direction, sizes)) places.set(id, place);
  }
  return places;
}

/** The places of the nodes of a collapsed group, whose upper left one stands at `corner`. */
function within(document: GraphDocument, group: Group, corner: Place, direction: Direction, sizes: Map<string, Size>): Places {
  const own = document.nodes.filter((node) => group.nodes.includes(node.id));
  const edges = document.edges.filter((edge) => group.nodes.includes(edge.source) && group.nodes.includes(edge.target));
  const places = own.every((node) => node.position !== undefined)
    ? new Map(own.map((node) => [node.id, node.position!]))
    : tidy({ version: 1, nodes: own, edges }, direction, sizes);
  const [x, y] = upperLeft([...places.values()]);
  return new Map([...places].map(([id, place]) => [id, [place[0] - x + corner[0], place[1] - y + corner[1]] as Place]));
}

export const upperLeft = (places: Place[]): Place => [
  Math.min(...places.map((place) => place[0])), Math.min(...places.map((place) => place[1])),
];

/** The document with what follows a group closed up to it after it collapsed, or moved away where it opened. */
export function closeUp(
  document: GraphDocument, id: string, collapsed: boolean, direction: Direction, sizes: Map<string, Size>,
): GraphDocument {
  const nodes = document.groups?.find((each) => each.id === id)?.nodes ?? [];
  const axis = direction === "LR" ? 0 : 1;
  const extent = (each: string) => (axis === 0 ? (sizes.get(each) ?? USUAL_SIZE).width : (sizes.get(each) ?? USUAL_SIZE).height);
  const boxes = document.nodes.filter((each) => nodes.includes(each.id) && each.position !== undefined);
  const start = Math.min(...boxes.map((each) => each.position![axis]));
  const open = Math.max(...boxes.map((each) => each.position![axis] + extent(each.id))) - start;
  const saved = Math.max(0, open - extent(id)) * (collapsed ? -1 : 1);
  const after = (each: string) => !nodes.includes(each) && nodes.some((one) => reaches(document, one, each));
  return { ...document, nodes: document.nodes.map((each) => {
    if (each.position === undefined || !after(each.id)) return each;
    const [x, y] = each.position;
    return { ...each, position: axis === 0 ? [x + saved, y] : [x, y + saved] };
  }) };
}

/** The place of every node: its own; tidy where none has one; beside its neighbours where only some have. */
export function placesOf(document: GraphDocument, direction: Direction, sizes: Map<string, Size>): Places {
  const known: Places = new Map();
  for (const node of document.nodes) if (node.position !== undefined) known.set(node.id, node.position);
  if (known.size === 0) return tidy(document, direction, sizes);
  for (const { id } of document.nodes) if (!known.has(id)) known.set(id, beside(document, id, known, direction));
  return known;
}

/** placesOf, which lays a graph without places out anew only where its layers, wires, groups or sizes are others: that takes long. */
export function createPlacing(): typeof placesOf {
  let [known, places]: [string, Places] = ["", new Map()];
  return (document, direction, sizes) => {
    if (hasPlaces(document)) return placesOf(document, direction, sizes);
    const size = (each: { id: string }) => [each, sizes.get(each.id)];
    const edges = document.edges.map((edge) => [edge.source, edge.target]);
    const now = JSON.stringify([direction, document.nodes.map(({ id }) => size({ id })), edges, (document.groups ?? []).map(size)]);
    if (now !== known) [known, places] = [now, placesOf(document, direction, sizes)];
    return new Map(places);
  };
}

function beside(document: GraphDocument, id: string, known: Places, direction: Direction): Place {
  const [x, y] = STEP[direction];
  const source = into(document, id).map((edge) => known.get(edge.source)).find((place) => place !== undefined);
  if (source !== undefined) return free([source[0] + x, source[1] + y], known, direction);
  const target = outOf(document, id).map((edge) => known.get(edge.target)).find((place) => place !== undefined);
  return free(target === undefined ? [0, 0] : [target[0] - x, target[1] - y], known, direction);
}

/** The first place from `wanted` on, across the flow, where no node stands. */
function free(wanted: Place, known: Places, direction: Direction): Place {
  const taken = [...known.values()];
  const [across, down] = direction === "LR" ? [0, 190] : [230, 0];
  const near = ([x, y]: Place) => taken.some((other) => Math.abs(other[0] - x) < 180 && Math.abs(other[1] - y) < 110);
  let place = wanted;
  while (near(place)) place = [place[0] + across, place[1] + down];
  return place;
}

/** All places written into the document, so that what is on the screen stays. */
export function materialise(document: GraphDocument, places: Places): GraphDocument {
  const nodes = document.nodes.map((node) => ({ ...node, position: node.position ?? places.get(node.id) ?? [0, 0] }));
  return { ...document, nodes: nodes as GraphDocument["nodes"] };
}

export function hasPlaces(document: GraphDocument): boolean {
  return document.nodes.some((node) => node.position !== undefined);
}

/** Places for a new node and, where it went between two, room made by moving all that follows it. */
export function makeRoom(document: GraphDocument, id: string, direction: Direction): GraphDocument {
  if (!document.nodes.some((node) => node.id !== id && node.position !== undefined)) return document;
  const known: Places = new Map();
  for (const node of document.nodes) if (node.id !== id && node.position !== undefined) known.set(node.id, node.position);
  const [x, y] = STEP[direction];
  const source = into(document, id).map((edge) => known.get(edge.source)).find((place) => place !== undefined);
  const readers = outOf(document, id).flatMap((edge) => known.get(edge.target) ?? []);
  if (source === undefined || readers.length === 0) {
    const place = beside(document, id, known, direction);
    return { ...document, nodes: document.nodes.map((node) => (node.id === id ? { ...node, position: place } : node)) };
  }
  const place: Place = [source[0] + x, source[1] + y];
  const axis = direction === "LR" ? 0 : 1;
  const next = Math.min(...outOf(document, id).map((edge) => known.get(edge.target)?.[axis] ?? Infinity));
  const short = Math.max(0, place[axis]! + STEP[direction][axis]! - next);
  const nodes = document.nodes.map((node) => {
    if (node.id === id) return { ...node, position: place };
    if (short === 0 || node.position === undefined || !reaches(document, id, node.id)) return node;
    const position: Place = [node.position[0] + (axis === 0 ? short : 0), node.position[1] + (axis === 1 ? short : 0)];
    return { ...node, position };
  });
  return { ...document, nodes };
}

/** The way the model flows as it stands: down where it is taller than wide. */
export function directionOf(document: GraphDocument): Direction | null {
  const places = document.nodes.flatMap((node) => (node.position === undefined ? [] : [node.position]));
  if (places.length < 2) return null;
  const span = (axis: 0 | 1) => Math.max(...places.map((p) => p[axis])) - Math.min(...places.map((p) => p[axis]));
  return span(1) > span(0) ? "TB" : "LR";
}
