// A layer that stands by itself, dragged onto a wire: it is put into it.
import { useMemo } from "react";
import { useWorkbench } from "./context";
import type { FlowNode } from "./flow";
import { createLight, nearWire } from "./useGrab";

export function useSplice() {
  const { actions, stage } = useWorkbench();
  return useMemo(() => {
    const light = createLight();
    /** The wire under the middle of the one layer that is dragged. */
    const wireUnder = (moved: FlowNode[]): Element | null => {
      const [only] = moved;
      if (moved.length !== 1 || only === undefined || !actions.isLoose(only.id)) return null;
      const [element, home] = [stage.element(only.id), stage.element(only.id)?.closest<HTMLElement>(".hb-canvas")];
      if (!element || !home) return null;
      const box = element.getBoundingClientRect();
      return nearWire(home, box.left + box.width / 2, box.top + box.height / 2);
    };
    return {
      onDrag: (moved: FlowNode[]) => light(wireUnder(moved)),
      /** Puts the layer into the wire it was let go on; false where there is none. */
      onDrop(moved: FlowNode[]): boolean {
        const wire = wireUnder(moved)?.getAttribute("data-id") ?? null;
        light(null);
        if (wire !== null) actions.splice(moved[0]!.id, Number(wire));
        return wire !== null;
      },
    };
  }, [actions, stage]);
}
