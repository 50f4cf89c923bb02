// What the palette holds, dragged out and let go: on the canvas, a wire, a layer, or a gap of the list.
import type { RefObject } from "react";
import { useWorkbench } from "./context";
import { useGrab, type OnDrop } from "./useGrab";

export function useDrop(root: RefObject<HTMLElement | null>) {
  const { session, view, actions, stage } = useWorkbench();

  const onDrop: OnDrop = (item, target, x, y) => {
    const [px, py] = stage.placeAt(x, y);
    const place: [number, number] = [px - 60, py - 16];
    if (item.kind === "block") return void actions.addBlock(item.name, target.kind === "gap" ? undefined : place);
    if (target.kind === "gap") actions.addTo(item.name, { row: Number(target.id) });
    else if (target.kind === "wire") actions.insert(item.name, Number(target.id));
    else if (target.kind === "node" && session.store.get().document.nodes.some((node) => node.id === target.id)) actions.append(item.name, [target.id]);
    else actions.drop(item.name, place);
    stage.focus(view.store.get().nodes.at(-1));
  };
  return useGrab(root, onDrop);
}
