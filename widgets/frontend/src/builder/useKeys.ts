// The builder's keys, heard at its root; while a field is typed in, they are the field's.
import { useRef, type KeyboardEvent as ReactKeyboardEvent, type RefObject } from "react";
import { isTyping } from "../shared/keyboard";
import { COMMANDS, command, isAble } from "./commands";
import type { Workbench } from "./context";
import { members, shownAs } from "./groups";
import { isKey } from "./keys";
import type { Place, Places } from "./layout";
import { useClipboard } from "./useClipboard";
import { neighbour } from "./viewport";

const REST = 350; // milliseconds without an arrow key after which a movement has ended
const ARROWS: Record<string, Place> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const OWN = "button, a, summary, [role=tab], [role=option], [role=menuitem]"; // these take Enter and Space for themselves

export function useKeys(bench: Workbench, root: RefObject<HTMLElement | null>) {
  const { session, view, actions, stage } = bench;
  const clip = useClipboard(bench, root);
  const moving = useRef<{ places: Places; timer: ReturnType<typeof setTimeout> } | null>(null);

  /** Steps with Ctrl and the arrow keys: drawn at once, one edit when they rest. */
  function move([x, y]: Place, far: boolean) {
    const step = far ? 50 : 10;
    const places: Places = new Map();
    for (const id of actions.layers()) {
      const at = moving.current?.places.get(id) ?? view.places.get(id);
      if (at !== undefined) places.set(id, [at[0] + x * step, at[1] + y * step]);
    }
    if (places.size === 0) return;
    clearTimeout(moving.current?.timer);
    actions.move(places, false);
    const timer = setTimeout(() => {
      moving.current = null;
      actions.move(places);
    }, REST);
    moving.current = { places, timer };
  }

  /** From layer to layer; with Shift the one left stays selected. */
  function walk(way: Place, more: boolean) {
    const { document } = session.store.get();
    const { nodes } = view.store.get();
    const shown: Places = new Map([...view.places].map(([id, place]) => [shownAs(document, id), place]));
    const from = nodes.at(-1);
    const start = from === undefined ? undefined : shown.has(from) ? from : shownAs(document, members(document, [from])[0] ?? "");
    const next = start === undefined ? [...shown.keys()][0] : neighbour(start, way, shown);
    if (next === undefined || next === null) return;
    view.select(more ? [...nodes.filter((id) => id !== next), next] : [next]);
    stage.reveal(next);
    stage.focus(next);
  }

  function moveRow(way: Place) {
    const row = [...(root.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])].findIndex((each) => each.contains(document.activeElement));
    const [id, to] = [view.store.get().nodes[0], row + way[1]];
    if (row < 0 || id === undefined) return;
    actions.moveRow(row, to);
    stage.focus(id);
  }

  function walkRows(way: Place) {
    const rows = [...(root.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = rows.findIndex((each) => each.contains(document.activeElement));
    rows[Math.min(rows.length - 1, Math.max(0, at + way[1]))]?.focus();
  }

  function arrow(event: ReactKeyboardEvent, way: Place): boolean {
    const target = event.target as HTMLElement;
    const tab = view.store.get().tab;
    const modifier = event.ctrlKey || event.metaKey;
    if (tab === "list" && target.closest(".hb-list")) (modifier || event.altKey ? moveRow : walkRows)(way);
    else if (tab === "canvas" && (target === root.current || target.closest(".hb-canvas")) && !event.altKey) {
      if (modifier) move(way, event.shiftKey);
      else walk(way, event.shiftKey);
    } else return false;
    return true;
  }

  return function onKeyDown(event: ReactKeyboardEvent) {
    const target = event.target as HTMLElement;
    const finding = isKey(event, "Mod+F") && target.tagName !== "TEXTAREA";
    const undoing = event.defaultPrevented && ["Mod+Z", "Mod+Shift+Z", "Mod+Y"].some((key) => isKey(event, key)); // the field had no step of its own
    if (isTyping(target) && !finding && !(undoing && target.tagName !== "TEXTAREA")) {
      if (event.key === "Escape") (target.closest<HTMLElement>(".react-flow__node, [data-row]") ?? root.current)?.focus({ preventScroll: true });
      return;
    }
    if (event.key === "Escape" && view.store.get().popover !== null) {
      event.stopPropagation();
      return view.open(null);
    }
    const way = ARROWS[event.key];
    if ((event.key === "Enter" || event.key === " ") && target.closest(OWN)) return;
    const found = COMMANDS.find((each) => each.keys?.some((key) => isKey(event, key)) && isAble(each, bench));
    if (finding) command("find").run(bench);
    else if (way !== undefined) {
      if (!arrow(event, way)) return;
    } else if (found === undefined) return;
    else if (found.native) return clip(found.id);
    else found.run(bench);
    event.preventDefault();
    event.stopPropagation();
  };
}
