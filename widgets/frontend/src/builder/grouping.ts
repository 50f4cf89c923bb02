// Groups: made, named, collapsed, repeated, taken apart, kept for later.
import type { Tools } from "./tools";
import { changeGroup, group, groupOf } from "./groups";
import { closeUp } from "./layout";

export function grouping({ session, view, document, placed, layers, direction, selected }: Tools) {
  /** The groups that are selected, or that the selected layers are in. */
  const chosen = () => {
    const found = selected().map((id) => group(document(), id) ?? groupOf(document(), id));
    return [...new Set(found.flatMap((each) => each?.id ?? []))];
  };

  async function made(operations: { op: string; [key: string]: unknown }[], what: string) {
    const before = new Set((document().groups ?? []).map((each) => each.id));
    const done = await session.act(operations, what);
    const fresh = (document().groups ?? []).map((each) => each.id).filter((id) => !before.has(id));
    if (done !== null && fresh.length > 0) view.select(fresh);
    return done !== null;
  }

  return {
    chosenGroups: chosen,

    group: (nodes = layers()) => (nodes.length > 0 ? made([{ op: "group", nodes }], "group") : Promise.resolve(false)),

    ungroup(ids = chosen()) {
      if (ids.length > 0) void made(ids.map((id) => ({ op: "ungroup", group: id })), "ungroup");
    },

    /** The selected group, or the selected layers as a new one, so many times over. */
    repeat(times: number, id = chosen()[0]) {
      if (id !== undefined) return made([{ op: "repeat", group: id, times }], `repeat ${id} ${times} times`);
      const nodes = layers();
      return nodes.length > 0 ? made([{ op: "group", nodes, repeat: times }], `repeat ${times} times`) : Promise.resolve(false);
    },

    nameGroup: (id: string, title: string) => session.edit(changeGroup(document(), id, { title: title.trim() }), `name ${id}`),

    /** A group as one node, or open again; what follows it closes up, or makes room. */
    collapse(ids = chosen()) {
      const to = ids.some((id) => group(document(), id)?.collapsed !== true);
      let next = placed(document());
      for (const id of ids) {
        const changed = changeGroup(next, id, { collapsed: to });
        next = closeUp(changed, id, to, direction(), view.sizes);
      }
      view.glide();
      session.edit(next, to ? "collapse" : "open");
      if (to) view.select(ids);
    },

    saveBlock: (name: string, nodes = layers()) => session.tell("save_block", { name, nodes }),
    deleteBlock: (name: string) => session.tell("delete_block", { name }),

    async addBlock(name: string, position?: [number, number]) {
      const ids = await session.act([{ op: "block", name, ...(position && { position }) }], `add ${name}`);
      if (ids !== null) view.select(ids);
    },
  };
}
