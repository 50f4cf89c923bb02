// The builder's buttons.
import { useReactFlow } from "@xyflow/react";
import { Button } from "../shared/Button";
import { count } from "../shared/format";
import { useKnown, useView, useWorkbench } from "./context";
import type { Tab } from "./view";

const TABS: Tab[] = ["canvas", "list", "code"];
const TITLES: Record<Tab, string> = { canvas: "Canvas", list: "List", code: "Code" };

export function Toolbar() {
  const { session, actions, view } = useWorkbench();
  const { undo, redo, analysis } = useKnown();
  const { tab, direction, nodes, edges } = useView();
  const flow = useReactFlow();
  const other = direction === "LR" ? "TB" : "LR";
  return (
    <div className="hb-toolbar" role="toolbar" aria-label="Builder">
      <div className="hb-tabs" role="tablist" aria-label="View">
        {TABS.map((each) => (
          <button
            key={each} type="button" role="tab" aria-selected={tab === each} data-testid={`tab-${each}`}
            className={tab === each ? "hb-tab hb-tab-on" : "hb-tab"} onClick={() => view.store.set({ tab: each })}
          >
            {TITLES[each]}
          </button>
        ))}
      </div>
      <span className="hb-group">
        <Button kind="quiet" icon="undo" testid="undo" label={undo === null ? "Undo" : `Undo ${undo}`} disabled={undo === null} onClick={session.undo} />
        <Button kind="quiet" icon="redo" testid="redo" label={redo === null ? "Redo" : `Redo ${redo}`} disabled={redo === null} onClick={session.redo} />
      </span>
      <span className="hb-group">
        <Button kind="quiet" icon="tidy" testid="tidy" label="Tidy: lay the model out anew" disabled={tab !== "canvas"} onClick={() => {
          actions.tidy();
          setTimeout(() => void flow.fitView({ padding: 0.08, maxZoom: 1, duration: 200 }), 60);
        }} />
        <Button
          kind="quiet" icon={direction === "LR" ? "below" : "right"} testid="direction" disabled={tab !== "canvas"}
          label={direction === "LR" ? "Lay out from top to bottom" : "Lay out from left to right"} onClick={() => {
            actions.tidy(other);
            setTimeout(() => void flow.fitView({ padding: 0.08, maxZoom: 1, duration: 200 }), 60);
          }}
        />
        <Button kind="quiet" icon="fit" testid="fit" label="Fit: show the whole model" disabled={tab !== "canvas"}
          onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1, duration: 200 })} />
        <Button kind="quiet" icon="delete" testid="delete" label="Delete what is selected" disabled={nodes.length + edges.length === 0} onClick={() => actions.remove()} />
      </span>
      <span className="hb-spring" />
      <span className="hb-total hb-figures" data-testid="parameters">{count(analysis.parameters)} parameters</span>
    </div>
  );
}
