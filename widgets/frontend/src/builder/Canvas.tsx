// The canvas: layers as nodes, wires between them.
import {
  applyNodeChanges, Background, BackgroundVariant, ConnectionLineType, Controls, ReactFlow, useReactFlow,
  type Connection, type EdgeChange, type FinalConnectionState, type NodeChange, type IsValidConnection,
} from "@xyflow/react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useDark } from "../shared/theme";
import { ConnectionReason } from "./ConnectionReason";
import { topological } from "./chain";
import { useKnown, useView, useWorkbench } from "./context";
import { flowEdges, flowNodes, type LayerFlowNode } from "./flow";
import { LayerNode } from "./LayerNode";
import { hasPlaces, placesOf, type Place } from "./layout";
import { QuickAdd } from "./QuickAdd";

const NODE_TYPES = { layer: LayerNode };
const FIT = { padding: 0.08, maxZoom: 1, minZoom: 0.02 };
const LEGIBLE = 9; // layers in a row that can still be read

interface Pending {
  source: string;
  at: Place;
  left: number;
  top: number;
}

export function Canvas({ id }: { id: string }) {
  const { session, view, actions } = useWorkbench();
  const known = useKnown();
  const { nodes: selected, edges: selectedEdges, direction } = useView();
  const flow = useReactFlow();
  const dark = useDark();
  const box = useRef<HTMLDivElement>(null);
  const [nodes, setNodes] = useState<LayerFlowNode[]>([]);
  const [measured, setMeasured] = useState(0);
  const [pending, setPending] = useState<Pending | null>(null);

  useLayoutEffect(() => {
    view.places = placesOf(known.document, direction, view.sizes);
    setNodes((before) => flowNodes(known, view.places, selected, direction, before));
  }, [known.document, known.analysis, known.forms, selected, direction, measured, view]);
  const edges = useMemo(
    () => flowEdges(known, selectedEdges),
    [known.document, known.analysis, selectedEdges],
  );

  /** All of a small model; of a long one the part at work. */
  const fit = useCallback(() => {
    const order = topological(session.store.get().document);
    const at = Math.max(0, order.indexOf(view.store.get().nodes.at(-1) ?? ""));
    const near = order.slice(Math.max(0, Math.min(at - 3, order.length - 7))).slice(0, 7).map((name) => ({ id: name }));
    void flow.fitView({ ...FIT, duration: 150, ...(order.length > LEGIBLE && { nodes: near }) });
  }, [flow, session, view]);
  const size = known.document.nodes.length;
  const placed = hasPlaces(known.document);
  useEffect(() => {
    if (placed || measured === 0) return;
    const timer = setTimeout(fit, 30); // laid out anew by itself: keep all of it in sight
    return () => clearTimeout(timer);
  }, [size, placed, measured, direction, fit]);

  function onNodesChange(changes: NodeChange<LayerFlowNode>[]) {
    setNodes((before) => applyNodeChanges(changes, before));
    let grown = false;
    let chosen = new Set(view.store.get().nodes);
    for (const change of changes) {
      if (change.type === "dimensions" && change.dimensions) {
        view.sizes.set(change.id, change.dimensions);
        grown = true;
      } else if (change.type === "select") {
        if (change.selected) chosen.add(change.id);
        else chosen.delete(change.id);
      }
    }
    if (grown) setMeasured((times) => times + 1);
    if (changes.some((change) => change.type === "select")) view.select([...chosen], view.store.get().edges);
  }

  function onEdgesChange(changes: EdgeChange[]) {
    const chosen = new Set(view.store.get().edges);
    for (const change of changes) {
      if (change.type !== "select") continue;
      if (change.selected) chosen.add(Number(change.id));
      else chosen.delete(Number(change.id));
    }
    view.select(view.store.get().nodes, [...chosen]);
  }

  function onMoved(_: unknown, __: unknown, moved: LayerFlowNode[]) {
    const places = new Map(moved.map(({ id: name, position }) => [name, [Math.round(position.x), Math.round(position.y)] as Place]));
    const still = [...places].every(([name, [x, y]]) => {
      const before = view.places.get(name);
      return before !== undefined && before[0] === x && before[1] === y;
    });
    if (!still) actions.move(places);
  }

  const isValid: IsValidConnection = ({ source, target }) => actions.refusal(source, target) === null;
  const onConnect = ({ source, target }: Connection) => actions.connect(source, target);

  function onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState) {
    if (state.isValid || state.fromNode === null) return;
    if (state.toNode !== null) {
      const [source, target] = state.fromHandle?.type === "target" ? [state.toNode, state.fromNode] : [state.fromNode, state.toNode];
      session.say(actions.refusal(source.id, target.id));
      return;
    }
    if (state.fromHandle?.type === "target" || box.current === null) return;
    const { clientX: x, clientY: y } = "changedTouches" in event ? event.changedTouches[0]! : event;
    const home = box.current.getBoundingClientRect();
    if (x < home.left || x > home.right || y < home.top || y > home.bottom) return;
    const at = flow.screenToFlowPosition({ x, y });
    const left = Math.max(4, Math.min(x - home.left, home.width - 200));
    const top = Math.max(4, Math.min(y - home.top, home.height - 250));
    setPending({ source: state.fromNode.id, at: [Math.round(at.x), Math.round(at.y - 30)], left, top });
  }

  return (
    <div className="hb-canvas" data-testid="canvas" ref={box}>
      <ReactFlow<LayerFlowNode>
        id={id} nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} colorMode={dark ? "dark" : "light"}
        onNodesChange={onNodesChange} onEdgesChange={onEdgesChange} onNodeDragStop={onMoved} onSelectionDragStop={(event, moved) => onMoved(event, null, moved)}
        onConnect={onConnect} onConnectEnd={onConnectEnd} isValidConnection={isValid} connectionLineType={ConnectionLineType.Bezier}
        fitView fitViewOptions={FIT} minZoom={0.02} maxZoom={2.5} connectionRadius={28}
        deleteKeyCode={null} panActivationKeyCode={null} zoomActivationKeyCode={null} disableKeyboardA11y
        zoomOnScroll={false} zoomOnDoubleClick={false} preventScrolling={false} selectNodesOnDrag={false} nodeDragThreshold={2}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <Controls showInteractive={false} showFitView={false} position="bottom-right" />
        <ConnectionReason />
      </ReactFlow>
      {known.ready && size === 0 && <p className="hb-canvas-empty">Drag a layer here, or press Enter on one in the palette.</p>}
      {pending && (
        <QuickAdd
          layers={known.layers.filter((form) => form.inputs !== 0)} style={{ left: pending.left, top: pending.top }}
          onClose={() => setPending(null)}
          onChoose={(layer) => {
            actions.drop(layer, pending.at, pending.source);
            setPending(null);
          }}
        />
      )}
    </div>
  );
}
