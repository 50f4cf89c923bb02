// A chain: every node reads the one before it. The list view edits these.
import { addNode, into, outOf } from "./document";
import type { Made } from "./document";
import type { GraphDocument, LayerForm } from "../shared/types";

/** The ids from start to end where the document is one chain, else null. */
export function chainOrder(document: GraphDocument): string[] | null {
  const { nodes, edges } = document;
  if (nodes.length === 0) return [];
  if (edges.length !== nodes.length - 1) return null;
  const heads = nodes.filter((node) => into(document, node.id).length === 0);
  if (heads.length !== 1) return null;
  const order = [heads[0]!.id];
  for (let next = outOf(document, order[0]!); next.length === 1; next = outOf(document, order.at(-1)!)) {
    if (order.length >= nodes.length) return null;
    order.push(next[0]!.target);
  }
  return order.length === nodes.length ? order : null;
}

/** Each node after those it reads, otherwise in the order they stand; nodes in a circle come last. */
export function topological(document: GraphDocument): string[] {
  const missing = new Map(document.nodes.map((node) => [node.id, into(document, node.id).length]));
  const order: string[] = [];
  for (let ready = next(); ready !== undefined; ready = next()) {
    order.push(ready);
    missing.delete(ready);
    for (const edge of outOf(document, ready)) missing.set(edge.target, (missing.get(edge.target) ?? 1) - 1);
  }
  return [...order, ...missing.keys()];

  function next(): string | undefined {
    return document.nodes.find((node) => missing.get(node.id) === 0)?.id;
  }
}

/** The chain in another order; the places on the canvas stay and the nodes move through them. */
export function rechain(document: GraphDocument, order: string[]): GraphDocument {
  const before = chainOrder(document) ?? order;
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const places = before.map((id) => byId.get(id)?.position);
  const nodes = order.map((id, index) => {
    const { position: _, ...rest } = byId.get(id)!;
    const place = places[index];
    return place === undefined ? rest : { ...rest, position: place };
  });
  const edges = order.slice(1).map((target, index) => ({ source: order[index]!, target }));
  const outputs = document.outputs === undefined ? {} : { outputs: [order.at(-1)!] };
  return { ...document, nodes: nodes as GraphDocument["nodes"], edges, ...outputs };
}

/** Moves the row at `from` to stand at `to`; null where an Input would lose its place at the start. */
export function reorder(document: GraphDocument, from: number, to: number): GraphDocument | null {
  const order = chainOrder(document);
  if (order === null || from === to || to < 0 || to >= order.length) return null;
  const [moved] = order.splice(from, 1);
  order.splice(to, 0, moved!);
  const input = document.nodes.find((node) => node.layer === "Input");
  return input !== undefined && order[0] !== input.id ? null : rechain(document, order);
}

/** A new node as row `index` of a chain. */
export function insertRow(document: GraphDocument, index: number, layer: string, form?: LayerForm): Made | null {
  const order = chainOrder(document);
  if (order === null) return null;
  const made = addNode(document, layer, form);
  const edges = (ids: string[]) => ids.slice(1).map((target, i) => ({ source: ids[i]!, target }));
  const wanted = [...order.slice(0, index), made.id, ...order.slice(index)];
  const chained = { ...made.document, edges: edges(wanted) };
  return { id: made.id, document: rechain(chained, wanted) };
}
