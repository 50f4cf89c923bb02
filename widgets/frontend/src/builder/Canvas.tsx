// The canvas: layers as nodes, wires between them.
import {
  applyNodeChanges, Background, BackgroundVariant, ConnectionLineType, Controls, MiniMap, ReactFlow, SelectionMode, useStoreApi,
  type EdgeChange, type NodeChange,
} from "@xyflow/react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import { familyColour } from "../shared/families";
import { useDark } from "../shared/theme";
import { mapShown } from "./commands";
import { ConnectionReason } from "./ConnectionReason";
import { useKnown, useView, useWorkbench } from "./context";
import { flowEdges, flowNodes, type FlowNode, type Look, type Wire } from "./flow";
import { BlockNode, FrameNode } from "./GroupNode";
import { LayerNode } from "./LayerNode";
import { createPlacing, hasPlaces } from "./layout";
import { landed, taken } from "./moving";
import { NoteNode } from "./NoteNode";
import { Start } from "./Start";
import { useGlide } from "./useGlide";
import { useSplice } from "./useSplice";
import { useWire } from "./useWire";
import { WireEdge } from "./WireEdge";

const NODE_TYPES = { layer: LayerNode, frame: FrameNode, block: BlockNode, note: NoteNode };
const EDGE_TYPES = { wire: WireEdge };
const MORE = ["Shift", "Meta", "Control"]; // keys that add to what is selected
const ROOMY = 560; // pixels of width from which there is room for the map

export function Canvas({ id, width }: { id: string; width: number }) {
  const { session, view, actions, stage } = useWorkbench();
  const known = useKnown();
  const { nodes: selected, edges: selectedEdges, direction, refused, glide, map } = useView();
  const internals = useStoreApi();
  const dark = useDark();
  const box = useRef<HTMLDivElement>(null);
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const latest = useRef(nodes);
  latest.current = nodes;
  const [measured, setMeasured] = useState(0);
  const [entered, setEntered] = useState(false);
  const show = useGlide(setNodes, glide);
  const wire = useWire();
  const splice = useSplice();
  const placing = useMemo(createPlacing, []);
  const { document, analysis, forms, layers } = known;

  const look = useMemo<Look>(() => {
    const places = placing(document, direction, view.sizes);
    for (const note of document.notes ?? []) places.set(note.id, note.position);
    view.places = places;
    return { places, sizes: view.sizes, selected, current: selected.at(-1) ?? document.nodes[0]?.id, direction, refused };
  }, [document, selected, direction, measured, refused, view]);
  useLayoutEffect(() => {
    show(flowNodes(known, look, latest.current), latest.current);
  }, [look, analysis, forms, glide]);
  const drawnEdges = useRef<Wire[]>([]);
  const edges = useMemo(() => flowEdges(known, selectedEdges, look, drawnEdges.current), [look, analysis, selectedEdges]);
  drawnEdges.current = edges;

  const size = document.nodes.length;
  const placed = hasPlaces(document);
  const drawn = measured > 0;
  const opened = useRef(view.viewport !== null);
  useEffect(() => () => { // another tab comes: the canvas shows the same again when it is back
    const [x, y, zoom] = internals.getState().transform;
    view.viewport = { x, y, zoom };
  }, [internals, view]);
  useEffect(() => {
    if (!drawn) return;
    const timer = setTimeout(() => { // what was laid out anew stays in sight; what a person placed is left where it is
      const last = view.store.get().nodes.at(-1);
      if (!opened.current || (!placed && !stage.isHeld())) stage.open();
      if (last !== undefined) stage.reveal(last, !placed);
      opened.current = true;
    }, 40);
    return () => clearTimeout(timer);
  }, [drawn, size, placed || measured, stage]);

  function onNodesChange(changes: NodeChange<FlowNode>[]) {
    const all = taken(changes, latest.current, session.store.get().document);
    if (all.some((change) => change.type !== "select")) setNodes((before) => applyNodeChanges(all, before));
    let grown = false;
    const chosen = new Set(view.store.get().nodes);
    const boxed = internals.getState().userSelectionActive;
    for (const change of changes) {
      if (change.type === "dimensions" && change.dimensions) {
        const known = view.sizes.get(change.id);
        grown ||= known?.width !== change.dimensions.width || known?.height !== change.dimensions.height;
        view.sizes.set(change.id, change.dimensions);
      } else if (change.type === "select") {
        const frame = boxed && latest.current.find((node) => node.id === change.id)?.type === "frame";
        if (change.selected && !frame) chosen.add(change.id);
        else if (!change.selected) chosen.delete(change.id);
      }
    }
    if (grown) setMeasured((times) => times + 1);
    if (changes.some((change) => change.type === "select")) view.select([...chosen], view.store.get().edges);
  }

  function onEdgesChange(changes: EdgeChange<Wire>[]) {
    const chosen = new Set(view.store.get().edges);
    for (const change of changes) {
      if (change.type !== "select") continue;
      if (change.selected) chosen.add(Number(change.id));
      else chosen.delete(Number(change.id));
    }
    view.select(view.store.get().nodes, [...chosen]);
  }

  function onMoved(_: unknown, __: unknown, moved: FlowNode[]) {
    if (splice.onDrop(moved)) return;
    const places = landed(moved, session.store.get().document, view.places, view.sizes);
    if (places.size > 0) actions.move(places);
  }

  function onMoveStart(event: unknown) {
    if (event === null) return;
    stage.hold();
    box.current?.classList.add("hb-moving"); // moved as one picture meanwhile
  }

  function onDoubleClick(event: MouseEvent) {
    if (!(event.target as Element).classList.contains("react-flow__pane")) return;
    const [x, y] = stage.placeAt(event.clientX, event.clientY);
    view.open({ kind: "add", at: stage.spot(event.clientX, event.clientY), to: { place: [x - 60, y - 16] } });
  }

  return (
    <div
      className="hb-canvas" data-testid="canvas" ref={box} onDoubleClick={onDoubleClick} onPointerMove={(event) => stage.point(event.clientX, event.clientY)}
      onPointerDown={() => setEntered(true)} onPointerLeave={() => setEntered(false)}
    >
      <ReactFlow<FlowNode, Wire>
        id={id} nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} edgeTypes={EDGE_TYPES} colorMode={dark ? "dark" : "light"} {...wire}
        onNodesChange={onNodesChange} onEdgesChange={onEdgesChange} onNodeDrag={(_, __, moved) => splice.onDrag(moved)} onNodeDragStop={onMoved} onSelectionDragStop={(event, moved) => onMoved(event, null, moved)}
        defaultViewport={view.viewport ?? undefined} onMoveStart={onMoveStart} onMoveEnd={() => box.current?.classList.remove("hb-moving")} connectionLineType={ConnectionLineType.Bezier} minZoom={0.005} maxZoom={2.5}
        connectionRadius={28} deleteKeyCode={null} panActivationKeyCode={null} zoomActivationKeyCode={null} multiSelectionKeyCode={MORE}
        selectionMode={SelectionMode.Partial} autoPanOnSelection={false} disableKeyboardA11y elevateNodesOnSelect={false} onlyRenderVisibleElements={size > 60}
        zoomOnScroll={false} panOnScroll={entered} zoomOnDoubleClick={false} preventScrolling={false} selectNodesOnDrag={false} nodeDragThreshold={2}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <Controls showInteractive={false} showFitView={false} position="bottom-right" />
        {mapShown(map, size) && width >= ROOMY && (
          <MiniMap<FlowNode> position="bottom-left" pannable zoomable ariaLabel="Map of the model" nodeColor={mapColour} nodeBorderRadius={12} style={{ width: 150, height: 84 }} />
        )}
        <ConnectionReason />
      </ReactFlow>
      {known.ready && size === 0 && layers.length > 0 && <Start />}
    </div>
  );
}

function mapColour(node: FlowNode): string {
  if (node.type === "layer") return familyColour(node.data.form?.family);
  return node.type === "frame" ? "color-mix(in srgb, var(--hb-soft) 18%, transparent)" : "var(--hb-soft)";
}
