// The context menu: right click, or a long press of a finger.
import { useRef, type MouseEvent, type PointerEvent } from "react";
import { isTyping } from "../shared/keyboard";
import { menuTarget } from "./commands";
import { useWorkbench } from "./context";

const LONG = 550; // milliseconds a finger rests before the menu opens
const STILL = 8; // pixels it may move meanwhile

export function useContextMenu() {
  const bench = useWorkbench();
  const { view, stage } = bench;
  const press = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout> } | null>(null);

  function openAt(x: number, y: number, under: Element) {
    const node = under.closest<HTMLElement>(".react-flow__node, [data-row]");
    const wire = under.closest<HTMLElement>(".react-flow__edge");
    const id = node?.dataset.row ?? node?.dataset.id;
    if (id !== undefined && !view.store.get().nodes.includes(id)) view.select([id]);
    else if (wire && !view.store.get().edges.includes(Number(wire.dataset.id))) view.select([], [Number(wire.dataset.id)]);
    else if (id === undefined && !wire && !under.closest(".react-flow__nodesselection")) view.select([]);
    view.open({ kind: "menu", at: stage.spot(x, y), on: menuTarget(bench) });
  }

  function onContextMenu(event: MouseEvent) {
    const target = event.target as Element;
    if (isTyping(target) || !target.closest(".react-flow, .hb-list")) return;
    event.preventDefault();
    event.stopPropagation();
    openAt(event.clientX, event.clientY, target);
  }

  const drop = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };

  function onPointerDown(event: PointerEvent) {
    const target = event.target as Element;
    drop();
    if (event.pointerType !== "touch" || !event.isPrimary || isTyping(target) || !target.closest(".react-flow, .hb-list")) return;
    const { clientX: x, clientY: y } = event;
    press.current = { x, y, timer: setTimeout(() => openAt(x, y, target), LONG) };
  }

  function onPointerMove(event: PointerEvent) {
    const start = press.current;
    if (start !== null && Math.hypot(event.clientX - start.x, event.clientY - start.y) > STILL) drop();
  }

  return { onContextMenu, onPointerDownCapture: onPointerDown, onPointerMoveCapture: onPointerMove, onPointerUpCapture: drop, onPointerCancelCapture: drop };
}
