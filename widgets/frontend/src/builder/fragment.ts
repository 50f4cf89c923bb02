// Copy, paste and duplicate: some nodes with the wires between them.
import { newId } from "./document";
import type { GraphDocument, GraphEdge, GraphNode } from "../shared/types";

export interface Fragment {
  hornbook: "layers";
  nodes: GraphNode[];
  edges: GraphEdge[];
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
  return copied({ hornbook: "layers", nodes, edges });
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

/** The document with a fragment's nodes added under new ids, a little aside. */
export function paste(document: GraphDocument, fragment: Fragment, aside = 36): { document: GraphDocument; ids: string[] } {
  const names = new Map<string, string>();
  let next = document;
  for (const node of copied(fragment.nodes)) {
    const id = newId(next, node.layer);
    names.set(node.id, id);
    const position = node.position && { position: [node.position[0] + aside, node.position[1] + aside] as [number, number] };
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
  return { document: { ...next, nodes, edges: [...next.edges, ...edges] }, ids: [...added] };
}
