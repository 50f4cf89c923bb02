// The builder's buttons.
import { useRef, type KeyboardEvent } from "react";
import { Button } from "../shared/Button";
import type { IconName } from "../shared/Icon";
import { command, isAble, titleOf } from "./commands";
import { useKnown, useView, useWorkbench } from "./context";
import { spoken } from "./keys";
import type { Tab } from "./view";

const TABS: Tab[] = ["canvas", "list", "code"];
const TITLES: Record<Tab, string> = { canvas: "Canvas", list: "List", code: "Code" };

export function Toolbar() {
  const { undo, redo } = useKnown();
  const { direction } = useView();
  return (
    <div className="hb-toolbar" role="toolbar" aria-label="Builder">
      <Tabs />
      <span className="hb-group">
        <Deed id="open" />
        <Deed id="save" />
      </span>
      <span className="hb-group">
        <Deed id="undo" icon="undo" title={`Undo ${undo ?? ""}`.trim()} />
        <Deed id="redo" icon="redo" title={`Redo ${redo ?? ""}`.trim()} />
      </span>
      <span className="hb-group">
        <Deed id="add" />
        <Deed id="duplicate" />
        <Deed id="delete" />
        <Deed id="group" />
      </span>
      <span className="hb-group">
        <Deed id="tidy" />
        <Deed id="direction" icon={direction === "LR" ? "below" : "right"} />
        <Deed id="fit" />
        <Deed id="find" />
        <Deed id="help" />
      </span>
    </div>
  );
}

/** A command as a button. */
function Deed({ id, icon, title }: { id: string; icon?: IconName; title?: string }) {
  const bench = useWorkbench();
  useKnown();
  useView();
  const deed = command(id);
  const words = title ?? titleOf(deed, bench);
  const key = deed.keys?.[0];
  return (
    <Button
      kind="quiet" icon={icon ?? deed.icon} testid={id} label={words} title={key ? `${words} (${spoken(key)})` : words} disabled={!isAble(deed, bench)}
      onClick={() => deed.run(bench)}
    />
  );
}

function Tabs() {
  const { view } = useWorkbench();
  const { tab } = useView();
  const list = useRef<HTMLDivElement>(null);
  function key(event: KeyboardEvent) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || event.ctrlKey || event.metaKey) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]!;
    view.store.set({ tab: next });
    list.current?.querySelector<HTMLElement>(`[data-testid="tab-${next}"]`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div className="hb-tabs" role="tablist" aria-label="View" ref={list} onKeyDown={key}>
      {TABS.map((each) => (
        <button
          key={each} type="button" role="tab" aria-selected={tab === each} data-testid={`tab-${each}`} tabIndex={tab === each ? 0 : -1}
          className={tab === each ? "hb-tab hb-tab-on" : "hb-tab"} onClick={() => view.store.set({ tab: each })}
        >
          {TITLES[each]}
        </button>
      ))}
    </div>
  );
}
