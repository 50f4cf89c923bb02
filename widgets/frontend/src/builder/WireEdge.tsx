// A wire: a plus to put a layer into it, and what is wrong with it.
import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from "@xyflow/react";
import { memo, useState } from "react";
import { Icon } from "../shared/Icon";
import { bowed } from "./bow";
import { useWorkbench } from "./context";
import type { Wire } from "./flow";
import { Fixes } from "./Troubles";

const LINGER = 140; // milliseconds the plus stays, so that the pointer can reach it

function WireView(props: EdgeProps<Wire>) {
  const { session, view, stage } = useWorkbench();
  const { data, selected, markerEnd, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const [near, setNear] = useState(false);
  const [path, x, y] = data!.bow === null
    ? getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition })
    : bowed([sourceX, sourceY], [targetX, targetY], data!.bow, data!.direction);
  const leave = () => void setTimeout(() => setNear(false), LINGER);
  const add = (event: React.MouseEvent) => {
    const wire = session.store.get().document.edges[data!.index];
    if (wire) view.open({ kind: "add", at: stage.spot(event.clientX, event.clientY), to: { source: wire.source, target: wire.target } });
  };
  const wrong = data?.error;
  return (
    <>
      <BaseEdge path={path} markerEnd={markerEnd} interactionWidth={0} />
      <path d={path} fill="none" strokeOpacity={0} strokeWidth={22} className="react-flow__edge-interaction" onPointerEnter={() => setNear(true)} onPointerLeave={leave} />
      {(near || selected || wrong !== undefined) && (
        <EdgeLabelRenderer>
          <div className="hb-wire-label nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }} onPointerEnter={() => setNear(true)} onPointerLeave={leave}>
            {wrong !== undefined && (near || selected) && <div className="hb-trouble hb-trouble-error"><p><span>{wrong}</span></p><Fixes fixes={data!.fixes} /></div>}
            {wrong !== undefined && !near && !selected && <span className="hb-wire-wrong" title={wrong}><Icon name="warning" /></span>}
            {(near || selected) && (
              <button type="button" className="hb-wire-plus" aria-label={`${props.source} to ${props.target}: put a layer in this wire`} tabIndex={selected ? 0 : -1} onClick={add}>
                <Icon name="plus" />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const WireEdge = memo(WireView);
