// The builder: palette, canvas or list or code, inspector.
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useId, useMemo, useRef, useState, type FocusEvent } from "react";
import { Disconnected } from "../shared/Disconnected";
import { familyColour } from "../shared/families";
import { useStore } from "../shared/store";
import { useWidth } from "../shared/useWidth";
import { createActions } from "./actions";
import { Canvas } from "./Canvas";
import { CodeView } from "./CodeView";
import { WorkbenchContext, type Filing, type Workbench } from "./context";
import { filing } from "./filing";
import { Inspector } from "./Inspector";
import { directionOf } from "./layout";
import { ListView } from "./ListView";
import { Palette } from "./Palette";
import { Popovers } from "./Popovers";
import type { Session } from "./session";
import { createStage } from "./stage";
import { StatusBar } from "./StatusBar";
import { Toolbar } from "./Toolbar";
import { useContextMenu } from "./useContextMenu";
import { useDrop } from "./useDrop";
import { useKeys } from "./useKeys";
import { createView } from "./view";

const WIDE = 1080; // pixels from which the code stands beside the canvas
const MEDIUM = 860; // and the inspector
const NARROW = 620; // below this the palette stands above

const sizeOf = (width: number) => (width >= WIDE ? "wide" : width >= MEDIUM ? "medium" : width >= NARROW ? "small" : "narrow");

interface Props {
  session: Session;
  /** What opens a template, and files, where more than the model comes with them. */
  onTemplate?: (name: string) => void;
  files?: Filing;
  /** Whether something above says that the kernel is gone. */
  told?: boolean;
}

export function Builder(props: Props) {
  return (
    <ReactFlowProvider>
      <Opened {...props} />
    </ReactFlowProvider>
  );
}

function Opened({ session, onTemplate, files, told = false }: Props) {
  const flow = useRef(useReactFlow()); // its functions stay the same; the object does not
  const root = useRef<HTMLDivElement>(null);
  const bench = useMemo<Workbench>(() => {
    const view = createView();
    const actions = createActions(session, view);
    const template = onTemplate ?? ((name: string) => void actions.template(name));
    return { session, view, actions, stage: createStage(flow.current, view, root), template, files: files ?? filing(session) };
  }, [session, onTemplate, files]);
  return (
    <WorkbenchContext value={bench}>
      <Bench bench={bench} root={root} told={told} />
    </WorkbenchContext>
  );
}

function Bench({ bench, root, told }: { bench: Workbench; root: React.RefObject<HTMLDivElement | null>; told: boolean }) {
  const { session, view } = bench;
  const known = useStore(session.store);
  const { tab, nodes, edges } = useStore(view.store);
  const width = useWidth(root);
  const id = useId().replace(/[^\w-]/g, "");
  const onKeyDown = useKeys(bench, root);
  const menu = useContextMenu();
  const { grabbed, grab } = useDrop(root);
  const [settled, setSettled] = useState(false);

  useEffect(() => {
    if (settled || !known.ready || width === 0) return;
    view.store.set({ direction: directionOf(known.document) ?? (width < NARROW ? "TB" : "LR") });
    setSettled(true);
  }, [settled, known.ready, known.document, width, view]);

  useEffect(() => {
    const { nodes, edges } = view.store.get();
    const { nodes: layers, groups = [], notes = [], edges: wires } = known.document;
    const there = new Set([...layers, ...groups, ...notes].map((each) => each.id));
    view.select(nodes.filter((each) => there.has(each)), edges.filter((index) => index < wires.length));
  }, [known.document, view]);

  useEffect(() => { // the focus follows what is selected, from one node of the canvas to another
    const { activeElement: element } = document;
    const last = nodes.at(-1);
    if (last === undefined || !(element instanceof HTMLElement) || !root.current?.contains(element)) return;
    if (element.classList.contains("react-flow__node") && !nodes.includes(element.dataset.id ?? "")) bench.stage.focus(last);
  }, [nodes, bench, root]);

  function onFocus(event: FocusEvent) {
    const element = event.target as HTMLElement;
    const name = element.dataset.id;
    if (name === undefined || !element.matches(":focus-visible")) return;
    if (element.classList.contains("react-flow__edge")) view.select([], [Number(name)]);
    else if (element.classList.contains("react-flow__node") && !view.store.get().nodes.includes(name)) view.select([name]);
  }

  const chosen = tab === "canvas" && nodes.length + edges.length > 0;
  const size = sizeOf(width);
  const inspected = tab === "canvas" && (chosen || size === "medium") && size !== "wide";
  return (
    <div
      className={`hb-builder hb-builder-${size} hb-tab-is-${tab}`} ref={root} tabIndex={-1} role="group" aria-label="Model builder"
      onKeyDown={onKeyDown} onFocus={onFocus} data-testid="builder" data-ready={known.ready} {...menu}
    >
      {!known.connected && !told && <Disconnected> The model takes no more edits here; its Python text is still under Code.</Disconnected>}
      <Toolbar />
      <div className="hb-bench">
        {tab !== "code" && <Palette onGrab={grab} />}
        <div className="hb-stage">
          {tab === "canvas" && settled && <Canvas id={id} width={width} />}
          {tab === "list" && <ListView />}
          {tab === "code" && <CodeView />}
        </div>
        {size === "wide" && tab !== "code" && (
          <div className="hb-side">
            {chosen && <Inspector />}
            <CodeView />
          </div>
        )}
        {inspected && <Inspector />}
      </div>
      <StatusBar />
      {grabbed && (
        <div className="hb-ghost" style={{ left: grabbed.x, top: grabbed.y, "--hb-family": familyColour(grabbed.item.family) } as React.CSSProperties}>
          {grabbed.item.title}
        </div>
      )}
      <Popovers />
    </div>
  );
}
