// What opens over the builder: one thing at a time, at a point, closed by Escape or a press elsewhere.
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { AddPicker, ConnectPicker, FindPicker, ReplacePicker } from "./pickers";
import { useView, useWorkbench } from "./context";
import { OpenPicker, SaveForm } from "./filing";
import { Help } from "./Help";
import { Menu } from "./Menu";
import { NameForm } from "./NameForm";
import type { Popover, Spot } from "./view";

export function Popovers() {
  const { popover } = useView();
  const { view, stage } = useWorkbench();
  const close = useCallback(() => {
    view.open(null);
    stage.focus(view.store.get().nodes.at(-1));
  }, [view, stage]);
  if (popover === null) return null;
  if (popover.kind === "help") return <Help onClose={close} />;
  return <Floating key={`${popover.kind} ${popover.at.x} ${popover.at.y}`} at={popover.at} onClose={close}>{content(popover, close)}</Floating>;
}

function content(popover: Exclude<Popover, { kind: "help" }>, close: () => void): ReactNode {
  switch (popover.kind) {
    case "add": return <AddPicker to={popover.to} onClose={close} />;
    case "replace": return <ReplacePicker node={popover.node} onClose={close} />;
    case "connect": return <ConnectPicker source={popover.source} onClose={close} />;
    case "open": return <OpenPicker onClose={close} />;
    case "save": return <SaveForm onClose={close} />;
    case "find": return <FindPicker onClose={close} />;
    case "menu": return <Menu on={popover.on} onClose={close} />;
    case "name": return <NameForm what={popover.what} id={popover.id} onClose={close} />;
  }
}

/** Stands at a point, moved so far that it is inside the builder. */
function Floating({ at, onClose, children }: { at: Spot; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(at);
  useLayoutEffect(() => {
    const own = box.current;
    const home = own?.parentElement;
    if (!own || !home) return;
    const within = (wanted: number, size: number, room: number) => Math.max(4, Math.min(wanted, room - size - 4));
    setPlace({ x: within(at.x, own.offsetWidth, home.clientWidth), y: within(at.y, own.offsetHeight, home.clientHeight) });
  }, [at.x, at.y]);
  useEffect(() => {
    const outside = (event: PointerEvent) => !box.current?.contains(event.target as Node) && onClose();
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [onClose]);
  return <div className="hb-floating" ref={box} style={{ left: place.x, top: place.y }}>{children}</div>;
}
