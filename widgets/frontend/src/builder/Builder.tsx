// The builder: palette, canvas or list or code, inspector.
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useStore } from "../shared/store";
import { useWidth } from "../shared/useWidth";
import { Button } from "../shared/Button";
import { Icon } from "../shared/Icon";
import { familyColour } from "../shared/families";
import { createActions } from "./actions";
import { Canvas } from "./Canvas";
import { CodeView } from "./CodeView";
import { WorkbenchContext, useWorkbench, type Workbench } from "./context";
import { Inspector } from "./Inspector";
import { directionOf } from "./layout";
import { ListView } from "./ListView";
import { Palette } from "./Palette";
import type { Session } from "./session";
import { Toolbar } from "./Toolbar";
import { useGrab, type OnDrop } from "./useGrab";
import { useKeys } from "./useKeys";
import { createView } from "./view";

const WIDE = 1080; // pixels from which the code stands beside the canvas
const MEDIUM = 860; // and the inspector
const NARROW = 620; // below this the palette stands above

export function Builder({ session }: { session: Session }) {
  const bench = useMemo<Workbench>(() => {
    const view = createView();
    return { session, view, actions: createActions(session, view) };
  }, [session]);
  return (
    <WorkbenchContext value={bench}>
      <ReactFlowProvider>
        <Bench />
      </ReactFlowProvider>
    </WorkbenchContext>
  );
}

function Bench() {
  const bench = useWorkbench();
  const { session, view, actions } = bench;
  const known = useStore(session.store);
  const { tab, nodes, edges } = useStore(view.store);
  const flow = useReactFlow();
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const id = useId().replace(/[^\w-]/g, "");
  const onKeyDown = useKeys(bench, root);
  const [settled, setSettled] = useState(false);

  useEffect(() => {
    if (settled || !known.ready || width === 0) return;
    view.store.set({ direction: directionOf(known.document) ?? (width < NARROW ? "TB" : "LR") });
    setSettled(true);
  }, [settled, known.ready, known.document, width, view]);

  useEffect(() => {
    const { nodes, edges } = view.store.get();
    const there = new Set(known.document.nodes.map((node) => node.id));
    view.select(nodes.filter((each) => there.has(each)), edges.filter((index) => index < known.document.edges.length));
  }, [known.document, view]);

  const onDrop: OnDrop = (form, target, x, y) => {
    if (target.kind === "wire") return actions.insert(form.name, Number(target.id));
    if (target.kind === "node") return void actions.append(form.name, [target.id]);
    const at = flow.screenToFlowPosition({ x: x - 60, y: y - 16 });
    actions.drop(form.name, [Math.round(at.x), Math.round(at.y)]);
  };
  const { grabbed, grab } = useGrab(root, onDrop);

  const chosen = tab === "canvas" && nodes.length + edges.length > 0;
  const beside = width >= WIDE && tab !== "code";
  const size = width >= WIDE ? "wide" : width >= MEDIUM ? "medium" : width >= NARROW ? "small" : "narrow";
  return (
    <div
      className={`hb-builder hb-builder-${size} hb-tab-is-${tab}`} ref={root} tabIndex={-1} onKeyDown={onKeyDown} data-testid="builder"
      data-ready={known.ready} onFocus={(event) => {
        const node = event.target as HTMLElement;
        const name = node.dataset.id;
        if (name !== undefined && node.classList.contains("react-flow__node") && node.matches(":focus-visible")) view.select([name]);
      }}
    >
      <Toolbar />
      <Messages />
      <div className="hb-bench">
        {tab !== "code" && <Palette onGrab={(event, form) => grab(event, form)} />}
        <div className="hb-stage">
          {tab === "canvas" && settled && <Canvas id={id} />}
          {tab === "list" && <ListView />}
          {tab === "code" && <CodeView />}
        </div>
        {beside ? (
          <div className="hb-side">
            {chosen && <Inspector />}
            <CodeView />
          </div>
        ) : tab === "canvas" && (chosen || size === "medium") && <Inspector />}
      </div>
      {grabbed && (
        <div className="hb-ghost" style={{ left: grabbed.x, top: grabbed.y, "--hb-family": familyColour(grabbed.form.family) } as React.CSSProperties}>
          {grabbed.form.name}
        </div>
      )}
    </div>
  );
}

/** What went wrong, in words, and aloud for who does not see it. */
function Messages() {
  const { session } = useWorkbench();
  const { problem, codeRefused, notice, silent, analysis } = useStore(session.store);
  const text = notice ?? (codeRefused ? null : problem?.message) ?? (silent ? "Python has not answered; the kernel may be busy or gone." : null);
  return (
    <div className="hb-messages" aria-live="polite">
      {text !== null ? (
        <div className="hb-note hb-note-error hb-message" data-testid="problem">
          <Icon name="warning" />
          <span>{text}</span>
          <Button kind="quiet" icon="close" label="Dismiss" onClick={() => session.store.set({ notice: null, problem: null, silent: false })} />
        </div>
      ) : analysis.error !== null ? (
        <div className="hb-note hb-message" data-testid="model-error"><Icon name="warning" /><span>{analysis.error}</span></div>
      ) : null}
    </div>
  );
}
