// Nodes that are dragged: a frame takes what is in it along.
import type { NodeChange } from "@xyflow/react";
import type { GraphDocument } from "../shared/types";
import { frameOf, type FlowNode } from "./flow";
import { group } from "./groups";
import { upperLeft, type Place, type Places, type Size } from "./layout";

/** The movements of frames as movements of their layers too, which have none of their own. */
export function taken(changes: NodeChange<FlowNode>[], nodes: FlowNode[], document: GraphDocument): NodeChange<FlowNode>[] {
  const own = new Set(changes.flatMap((change) => (change.type === "position" ? [change.id] : [])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const more = changes.flatMap((change) => {
    const frame = change.type === "position" ? byId.get(change.id) : undefined;
    if (frame?.type !== "frame" || change.type !== "position" || change.position === undefined) return [];
    const [dx, dy] = [change.position.x - frame.position.x, change.position.y - frame.position.y];
    return (group(document, frame.id)?.nodes ?? []).flatMap((id): NodeChange<FlowNode>[] => {
      const node = byId.get(id);
      if (node === undefined || own.has(id)) return [];
      return [{ id, type: "position", position: { x: node.position.x + dx, y: node.position.y + dy }, dragging: change.dragging }];
    });
  });
  return [...changes, ...more];
}

/** Where the layers and notes stand after some nodes were dragged. */
export function landed(moved: FlowNode[], document: GraphDocument, places: Places, sizes: Map<string, Size>): Places {
  const next: Places = new Map();
  for (const { id, position } of moved) {
    const home = group(document, id);
    if (home === undefined) {
      next.set(id, [Math.round(position.x), Math.round(position.y)]);
      continue;
    }
    const [x, y] = home.collapsed ? upperLeft(home.nodes.map((each) => places.get(each) ?? [0, 0])) : frameOf(home.nodes, places, sizes).at;
    for (const each of home.nodes) {
      const before = places.get(each);
      if (before === undefined || moved.some((other) => other.id === each)) continue;
      next.set(each, [Math.round(before[0] + position.x - x), Math.round(before[1] + position.y - y)]);
    }
  }
  const still = (id: string, [x, y]: Place) => places.get(id)?.[0] === x && places.get(id)?.[1] === y;
  return new Map([...next].filter(([id, place]) => !still(id, place)));
}
