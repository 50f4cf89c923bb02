// While a wire is drawn to where it cannot go: the reason, at the pointer.
import { useConnection } from "@xyflow/react";
import { useWorkbench } from "./context";
import { useReason } from "./useWire";

export function ConnectionReason() {
  const { stage } = useWorkbench();
  const reason = useReason();
  const at = useConnection((state) =>
    state.inProgress ? { id: state.toNode?.id ?? null, from: state.fromNode.id, backwards: state.fromHandle.type === "target", x: state.pointer.x, y: state.pointer.y } : null,
  );
  if (at === null) return null;
  const target = at.id ?? stage.under(at.x, at.y);
  const words = target === null || target === at.from ? null : reason(at.backwards ? target : at.from, at.backwards ? at.from : target);
  if (words === null) return null;
  return <div className="hb-reason" role="status" data-testid="reason" style={{ left: at.x + 14, top: at.y + 16 }}>{words}</div>;
}
