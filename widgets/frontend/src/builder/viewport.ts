// How much of a model is shown at first, and what is nearest on the way of an arrow key.
import type { Direction, Place, Places } from "./layout";

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

export const LEGIBLE = 0.75; // the zoom below which a field can no longer be read
const MARGIN = 24; // pixels

/** All of a model where it can still be read so; else its start, as large as is needed to read it. */
export function opening(area: Area, room: { width: number; height: number }, direction: Direction): Viewport {
  const fitting = Math.min((room.width - 2 * MARGIN) / area.width, (room.height - 2 * MARGIN) / area.height);
  const zoom = Math.min(1, Math.max(LEGIBLE, fitting));
  const along = (start: number, size: number, space: number, flows: boolean) =>
    size * zoom <= space - 2 * MARGIN || !flows ? (space - size * zoom) / 2 - start * zoom : MARGIN - start * zoom;
  return {
    x: along(area.x, area.width, room.width, direction === "LR"),
    y: along(area.y, area.height, room.height, direction === "TB"),
    zoom,
  };
}

/** The node to which an arrow key leads: near, and rather ahead than aside. */
export function neighbour(from: string, [dx, dy]: Place, places: Places): string | null {
  const here = places.get(from);
  if (here === undefined) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const [id, place] of places) {
    const [x, y] = [place[0] - here[0], place[1] - here[1]];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (id === from || ahead <= 0 || aside > 3 * ahead) continue;
    const far = ahead + 2 * aside;
    if (far < least) [best, least] = [id, far];
  }
  return best;
}
