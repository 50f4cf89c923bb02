// Where things stand on the canvas.
import type { Tools } from "./tools";
import { align, distribute, type Axis, type Line } from "./align";
import * as edits from "./document";
import { addNote, changeNote, note } from "./notes";
import { tidy, USUAL_SIZE, type Direction, type Place, type Places } from "./layout";

export function arranging({ session, view, document, direction, placed, layers, finish }: Tools) {
  const size = (id: string) => view.sizes.get(id) ?? USUAL_SIZE;

  /** Nodes and notes to new places. */
  function moved(places: Places) {
    let next = edits.moveNodes(placed(document()), places);
    for (const [id, position] of places) if (note(next, id)) next = changeNote(next, id, { position });
    return next;
  }

  function glideTo(places: Places, what: string) {
    if (places.size === 0) return;
    view.glide();
    session.edit(moved(places), what);
  }

  return {
    /** A preview until the movement ends. */
    move(places: Places, ended = true) {
      if (ended) session.edit(moved(places), "move");
      else session.preview(moved(places));
    },

    tidy(way: Direction = direction()) {
      view.store.set({ direction: way });
      if (document().nodes.length > 0) glideTo(tidy(document(), way, view.sizes), "tidy");
    },

    align: (line: Line) => glideTo(align(layers(), line, view.places, size), `align ${line}`),

    distribute: (axis: Axis) => glideTo(distribute(layers(), axis, view.places, size), "distribute"),

    addNote(at: Place) {
      const made = addNote(document(), at);
      finish(made.document, "add a note", [made.id]);
      return made.id;
    },

    changeNote: (id: string, change: { text?: string; size?: [number, number]; position?: Place }) =>
      session.edit(changeNote(document(), id, change), change.text === undefined ? "resize a note" : "write a note"),

    selectAll: () => view.select([...document().nodes, ...(document().notes ?? [])].map((each) => each.id)),
  };
}
