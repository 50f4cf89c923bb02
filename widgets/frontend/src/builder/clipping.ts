// Copy, paste and duplicate. The text on the system's clipboard can be pasted into another builder.
import { plural, type Tools } from "./tools";
import { fragmentOf, paste, readFragment, type Fragment } from "./fragment";
import type { Place } from "./layout";

let latest: Fragment | null = null; // where the page may not read the system's clipboard; one for all builders of the page

export function clipping({ session, view, document, placed, layers, finish }: Tools) {
  function add(fragment: Fragment, what: string, at?: Place) {
    const made = paste(placed(document()), fragment, at);
    finish(made.document, `${what} ${plural(made.ids)}`, made.ids);
  }

  return {
    duplicate(ids = layers()) {
      if (ids.length > 0) add(fragmentOf(placed(document()), ids), "duplicate");
    },

    /** The selected layers as text, kept for pasting; null where none is selected. */
    copy(): string | null {
      const ids = layers();
      if (ids.length === 0) return null;
      latest = fragmentOf(placed(document()), ids);
      return JSON.stringify(latest);
    },

    /** Layers of a builder, or Python code, which Python reads. An empty text: what was copied last on this page. */
    async paste(text: string, at?: Place) {
      const fragment = readFragment(text) ?? (text.trim() === "" ? latest : null);
      if (fragment !== null) return add(fragment, "paste", at);
      if (text.trim() === "") return;
      const made = await session.act([{ op: "paste", text, ...(at && { position: at }) }], "paste code");
      if (made !== null) view.select(made);
    },
  };
}
