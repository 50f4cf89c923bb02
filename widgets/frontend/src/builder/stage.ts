// The canvas as commands see it: what is in sight, where things are on the screen, what has the focus.
import type { ReactFlowInstance } from "@xyflow/react";
import type { RefObject } from "react";
import type { Place } from "./layout";
import type { Spot, View } from "./view";
import { LEGIBLE, opening } from "./viewport";

export type Stage = ReturnType<typeof createStage>;

const CALM = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const TRIES = 20; // frames in which a new element may appear

export function createStage(flow: ReactFlowInstance, view: View, root: RefObject<HTMLElement | null>) {
  const canvas = () => root.current?.querySelector<HTMLElement>(".hb-canvas") ?? null;
  const element = (id: string) =>
    root.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"], [data-row="${CSS.escape(id)}"]`) ?? null;
  let pointer: { x: number; y: number } | null = null;
  let held = false; // whether a person has chosen what is in sight: it then stays
  const duration = () => (CALM() ? 0 : 200);

  /** A point of the screen as one of the builder. */
  function spot(x: number, y: number): Spot {
    const home = root.current?.getBoundingClientRect();
    return { x: x - (home?.left ?? 0), y: y - (home?.top ?? 0) };
  }

  /** Beside a node, else in the middle of the canvas or the list. */
  function spotOf(id?: string): Spot {
    const box = (id === undefined ? null : element(id))?.getBoundingClientRect();
    if (box) return spot(box.left + Math.min(box.width / 2, 60), box.top + Math.min(box.height, 34));
    const room = (root.current?.querySelector(".hb-stage") ?? root.current)?.getBoundingClientRect();
    return room ? spot(room.left + room.width / 2 - 110, room.top + Math.min(room.height / 4, 120)) : { x: 0, y: 0 };
  }

  /** The upper left corner of what lies below the buttons. */
  function corner(): Spot {
    const room = root.current?.querySelector(".hb-bench")?.getBoundingClientRect();
    return room ? spot(room.left + 8, room.top + 4) : { x: 8, y: 8 };
  }

  function placeAt(x: number, y: number): Place {
    const at = flow.screenToFlowPosition({ x, y });
    return [Math.round(at.x), Math.round(at.y)];
  }

  function middle(): Place {
    const box = canvas()?.getBoundingClientRect();
    return box === undefined ? [0, 0] : placeAt(box.left + box.width / 2 - 96, box.top + box.height / 2 - 60);
  }

  /** A place in sight for something of a size, where nothing stands; the middle where there is none. */
  function free([width, height]: Place): Place {
    const [x, y] = middle();
    const taken = flow.getNodes().filter((node) => node.type !== "frame").map((node) => ({ ...node.position, ...node.measured }));
    const open = ([left, top]: Place) => taken.every((each) =>
      left + width + 12 < each.x || left > each.x + (each.width ?? 192) + 12 || top + height + 12 < each.y || top > each.y + (each.height ?? 140) + 12);
    const rings = Array.from({ length: 16 }, (_, ring) => [[0, ring], [0, -ring], [ring, 0], [-ring, 0], [ring, ring], [-ring, ring]]).flat();
    const found = rings.map(([dx, dy]): Place => [Math.round(x + 40 * dx!), Math.round(y + 40 * dy!)]).find(open);
    return found ?? [x, y];
  }

  const room = () => ({ width: canvas()?.clientWidth ?? 600, height: canvas()?.clientHeight ?? 400 });

  /** The layer or collapsed group under a point of the screen. */
  function nodeAt(x: number, y: number): string | null {
    const found = document.elementFromPoint(x, y)?.closest<HTMLElement>(".react-flow__node-layer, .react-flow__node-block");
    return found && root.current?.contains(found) ? found.dataset.id ?? null : null;
  }

  /** Whether a node is in sight: all of it, or any of it. */
  function insight(id: string, whole: boolean): boolean {
    const [box, frame] = [element(id)?.getBoundingClientRect(), canvas()?.getBoundingClientRect()];
    if (box === undefined || frame === undefined) return false;
    return whole
      ? box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom
      : box.right > frame.left + 20 && box.left < frame.right - 20 && box.bottom > frame.top + 20 && box.top < frame.bottom - 20;
  }

  return {
    spot,
    spotOf,
    corner,
    placeAt,
    /** Under the pointer where it is over the canvas, else in the middle. */
    pointed: (): Place => (pointer !== null && canvas()?.matches(":hover") ? placeAt(pointer.x, pointer.y) : middle()),
    middle,
    free,
    /** All of the model, or of some nodes. */
    fit(ids?: string[]) {
      held = true;
      void flow.fitView({ padding: 0.08, maxZoom: 1, minZoom: 0.005, duration: duration(), ...(ids && { nodes: ids.map((id) => ({ id })) }) });
    },
    /** The view a model opens with. */
    open: () => void flow.setViewport(opening(flow.getNodesBounds(flow.getNodes()), room(), view.store.get().direction)),
    zoom(by: number) {
      held = true;
      void flow.zoomTo(Math.min(2.5, Math.max(0.005, flow.getZoom() * by)), { duration: duration() / 2 });
    },
    natural() {
      held = true;
      void flow.zoomTo(1, { duration: duration() });
    },
    hold() {
      held = true;
    },
    isHeld: () => held,
    /** Brings a node into sight, as large as is needed to read it; without `whole`, only where nothing of it is seen. */
    reveal(id: string, whole = true) {
      const node = flow.getInternalNode(id);
      if (node === undefined || (insight(id, whole) && (!whole || flow.getZoom() >= LEGIBLE * 0.9))) return;
      const { x, y } = node.internals.positionAbsolute;
      const { width = 192, height = 140 } = node.measured;
      void flow.setCenter(x + width / 2, y + height / 2, { zoom: Math.max(LEGIBLE, flow.getZoom()), duration: duration() });
    },
    /** Gives a node the focus, as soon as it is drawn; without one, the builder. */
    focus(id?: string) {
      const attempt = (left: number) => {
        const found = id === undefined ? root.current : element(id);
        found?.focus({ preventScroll: true }); // nothing while it is hidden, until it is measured
        if (found && document.activeElement === found) return;
        if (left > 0) requestAnimationFrame(() => attempt(left - 1));
        else root.current?.focus({ preventScroll: true });
      };
      attempt(TRIES);
    },
    element,
    onCanvas(x: number, y: number) {
      const frame = canvas()?.getBoundingClientRect();
      return frame !== undefined && x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom;
    },
    nodeAt,
    /** The node under a point of the canvas, in pixels from its upper left corner. */
    under(x: number, y: number) {
      const frame = canvas()?.getBoundingClientRect();
      return frame === undefined ? null : nodeAt(frame.left + x, frame.top + y);
    },
    /** Where the pointer is on the screen. */
    point(x: number, y: number) {
      pointer = { x, y };
    },
  };
}
