// Drawing a wire: where it may end, and what happens where it is let go.
import { useReactFlow, type Connection, type FinalConnectionState, type IsValidConnection, type OnConnectStart } from "@xyflow/react";
import { useCallback } from "react";
import { useView, useWorkbench } from "./context";
import { group } from "./groups";

/** Why a wire cannot be, or null: what Python said of this one, else what can be seen here. */
export function useReason() {
  const { actions, session } = useWorkbench();
  const { refused } = useView();
  return useCallback((source: string, target: string): string | null => {
    const { document } = session.store.get();
    if (group(document, source) ?? group(document, target)) return "open the group to connect a layer inside";
    return actions.refusal(source, target) ?? refused[target] ?? refused[source] ?? null;
  }, [actions, session, refused]);
}

export function useWire() {
  const { session, view, actions, stage } = useWorkbench();
  const flow = useReactFlow();
  const reason = useReason();

  const onConnectStart: OnConnectStart = (_, { nodeId, handleType }) => {
    if (nodeId !== null) void actions.startWire(handleType === "target" ? { target: nodeId } : { source: nodeId });
  };

  const isValidConnection: IsValidConnection = ({ source, target }) => reason(source, target) === null;
  const onConnect = ({ source, target }: Connection) => actions.connect(source, target);

  function onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState) {
    const from = state.fromNode?.id;
    if (state.isValid || from === undefined) return view.store.set({ refused: {} });
    const { clientX: x, clientY: y } = "changedTouches" in event ? event.changedTouches[0]! : event;
    const backwards = state.fromHandle?.type === "target";
    const over = state.toNode?.id ?? stage.nodeAt(x, y);
    if (over !== null && over !== from) {
      const [source, target] = backwards ? [over, from] : [from, over];
      const words = reason(source, target);
      if (words === null) actions.connect(source, target);
      else session.say(words);
    } else if (over === null && stage.onCanvas(x, y)) {
      const at = flow.screenToFlowPosition({ x, y });
      const place: [number, number] = [Math.round(backwards ? at.x - 192 : at.x), Math.round(at.y - 30)];
      view.open({ kind: "add", at: stage.spot(x, y), to: { place, ...(backwards ? { target: from } : { source: from }) } });
    }
    view.store.set({ refused: {} });
  }

  return { onConnectStart, onConnect, onConnectEnd, isValidConnection };
}
