// Copy, paste and duplicate: some nodes with the wires between them.
import { newId } from "./document";
import type { GraphDocument, GraphEdge, GraphNode, Group } from "../shared/types";

export interface Fragment {
  hornbook: "layers";
  nodes: GraphNode[];
  edges: GraphEdge[];
  groups?: Group[];
}

const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Some nodes and the wires between them. One that shares with a node left out gets that one's config. */
export function fragmentOf(document: GraphDocument, ids: string[]): Fragment {
  const wanted = new Set(ids);
  const nodes = document.nodes.filter((node) => wanted.has(node.id)).map((node) => {
    if (node.shared_with === undefined || wanted.has(node.shared_with)) return node;
    const { shared_with: shared, ...own } = node;
    return { ...own, config: document.nodes.find((each) => each.id === shared)?.config ?? {} };
  });
  const edges = document.edges.filter((edge) => wanted.has(edge.source) && wanted.has(edge.target));
  const groups = (document.groups ?? []).filter((group) => group.nodes.every((id) => wanted.has(id)));
  return copied({ hornbook: "layers", nodes, edges, ...(groups.length > 0 && { groups }) });
}

/** A fragment from text, or null where it is none. */
export function readFragment(text: string): Fragment | null {
  try {
    const found = JSON.parse(text) as Fragment;
    const named = (node: GraphNode) => typeof node.id === "string" && typeof node.layer === "string";
    return found.hornbook === "layers" && found.nodes.every(named) && Array.isArray(found.edges) ? found : null;
  } catch {
    return null;
  }
}

/** The document with a fragment's nodes added under new ids: a little aside, or with the upper left one at `at`. */
export function paste(document: GraphDocument, fragment: Fragment, at?: [number, number]): { document: GraphDocument; ids: string[] } {
  const names = new Map<string, string>();
  const [dx, dy] = shift(fragment, at);
  let next = document;
  for (const node of copied(fragment.nodes)) {
    const id = newId(next, node.layer);
    names.set(node.id, id);
    const position = node.position && { position: [node.position[0] + dx, node.position[1] + dy] as [number, number] };
    next = { ...next, nodes: [...next.nodes, { ...node, id, ...position }] };
  }
  const renamed = (id: string) => names.get(id) ?? id;
  const added = new Set(names.values());
  const nodes = next.nodes.map((node) =>
    added.has(node.id) && node.shared_with !== undefined ? { ...node, shared_with: renamed(node.shared_with) } : node,
  );
  const edges = fragment.edges.filter((edge) => names.has(edge.source) && names.has(edge.target)).map((edge) => ({
    ...edge, source: renamed(edge.source), target: renamed(edge.target),
  }));
  const groups = [...(document.groups ?? [])];
  for (const group of fragment.groups ?? []) {
    groups.push({ ...group, id: freeId({ ...next, groups }, group.id), nodes: group.nodes.map(renamed) });
  }
  return { document: { ...next, nodes, edges: [...next.edges, ...edges], ...(groups.length > 0 && { groups }) }, ids: [...added] };
}

const ASIDE = 36; // pixels between a copy and what it is a copy of

function shift({ nodes }: Fragment, at: [number, number] | undefined): [number, number] {
  const places = nodes.flatMap((node) => (node.position === undefined ? [] : [node.position]));
  if (at === undefined || places.length === 0) return [ASIDE, ASIDE];
  return [at[0] - Math.min(...places.map((place) => place[0])), at[1] - Math.min(...places.map((place) => place[1]))];
}

function freeId(document: GraphDocument, wanted: string): string {
  const taken = new Set([...document.nodes, ...(document.groups ?? [])].map((each) => each.id));
  let id = wanted;
  for (let number = 2; taken.has(id); number += 1) id = `${wanted}_${number}`;
  return id;
}
