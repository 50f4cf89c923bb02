// The context menu: the commands for what it was opened on.
import { Fragment, useEffect, useRef, type KeyboardEvent } from "react";
import { Icon } from "../shared/Icon";
import { COMMANDS, isAble, titleOf } from "./commands";
import { useWorkbench } from "./context";
import { spoken } from "./keys";
import type { MenuTarget } from "./view";

export function Menu({ on, onClose }: { on: MenuTarget; onClose: () => void }) {
  const bench = useWorkbench();
  const box = useRef<HTMLDivElement>(null);
  const entries = COMMANDS.filter((each) => each.on?.includes(on) && (isAble(each, bench) || on === "canvas"));
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)") ?? [])];
  useEffect(() => items()[0]?.focus({ preventScroll: true }), []);

  function key(event: KeyboardEvent) {
    event.stopPropagation();
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Escape" || event.key === "Tab") onClose();
    else if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
    else if (event.key === "Home") all[0]?.focus();
    else if (event.key === "End") all.at(-1)?.focus();
    else if (/^[a-z]$/i.test(event.key)) {
      const from = [...all.slice(at + 1), ...all];
      from.find((each) => each.innerText.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    } else return;
    event.preventDefault();
  }

  return (
    <div className="hb-menu" role="menu" aria-label="What can be done here" ref={box} onKeyDown={key} data-testid="menu">
      {entries.map((each, index) => (
        <Fragment key={each.id}>
          {index > 0 && entries[index - 1]!.section !== each.section && <hr role="separator" />}
          <button
            type="button" role="menuitem" tabIndex={-1} disabled={!isAble(each, bench)} data-testid={`menu-${each.id}`}
            onClick={() => {
              onClose();
              each.run(bench);
            }}
          >
            {each.icon ? <Icon name={each.icon} /> : <span className="hb-icon" />}
            <span className="hb-menu-title">{titleOf(each, bench)}</span>
            {each.keys && <kbd>{spoken(each.keys[0]!)}</kbd>}
          </button>
        </Fragment>
      ))}
    </div>
  );
}
