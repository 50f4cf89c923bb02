// While a wire is drawn to where it cannot go: the reason.
import { Panel, useConnection } from "@xyflow/react";
import { useWorkbench } from "./context";

export function ConnectionReason() {
  const { actions } = useWorkbench();
  const reason = useConnection((state) => {
    if (!state.inProgress || state.toNode === null || state.isValid !== false) return null;
    const backwards = state.fromHandle.type === "target";
    return actions.refusal(backwards ? state.toNode.id : state.fromNode.id, backwards ? state.fromNode.id : state.toNode.id);
  });
  return reason === null ? null : <Panel position="top-center" className="hb-reason">{reason}</Panel>;
}
