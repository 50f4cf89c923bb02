// All layers, by family, the saved blocks and the templates: to drag onto the canvas, or to append with Enter or a double click.
import { memo, useState, useSyncExternalStore, type KeyboardEvent, type PointerEvent } from "react";
import { Button } from "../shared/Button";
import { familyColour } from "../shared/families";
import { Icon } from "../shared/Icon";
import type { LayerForm } from "../shared/types";
import { useWorkbench } from "./context";
import type { Session } from "./session";
import type { Item } from "./useGrab";

export function matches(form: LayerForm, wanted: string): boolean {
  const text = `${form.name} ${form.family} ${form.summary}`.toLowerCase();
  return wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export function byFamily(layers: LayerForm[]): [string, LayerForm[]][] {
  const families = new Map<string, LayerForm[]>();
  for (const form of layers) families.set(form.family, [...(families.get(form.family) ?? []), form]);
  return [...families];
}

/** Layers as searched for: those whose name begins so first. */
function foundIn(layers: LayerForm[], wanted: string): LayerForm[] {
  const start = wanted.trim().toLowerCase();
  const rank = (form: LayerForm) => (form.name.toLowerCase().startsWith(start) ? 0 : 1);
  const found = layers.filter((form) => matches(form, wanted));
  return start === "" ? found : found.sort((a, b) => rank(a) - rank(b));
}

interface Props {
  onGrab: (event: PointerEvent, item: Item) => void;
}

/** Drawn again only when there are other things to add: it is long. */
export const Palette = memo(function Palette({ onGrab }: Props) {
  const { session } = useWorkbench();
  const { layers, blocks, templates } = useCatalog(session);
  const { actions, stage, view, template } = useWorkbench();
  const [wanted, setWanted] = useState("");
  const found = foundIn(layers, wanted);
  const named = (name: string) => name.toLowerCase().includes(wanted.trim().toLowerCase());
  const append = (name: string) => actions.append(name);

  /** From the search field into the list, and along it. */
  function walk(event: KeyboardEvent<HTMLElement>) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>("input, .hb-palette-item")];
    all[all.indexOf(document.activeElement as HTMLElement) + step]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <nav className="hb-palette" aria-label="Layers to add" onKeyDown={walk}>
      <label className="hb-search">
        <Icon name="search" />
        <input
          type="search" className="hb-input" placeholder="Find a layer" aria-label="Find a layer" data-testid="palette-search"
          value={wanted} onChange={(event) => setWanted(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0] !== undefined) append(found[0].name);
            if (event.key === "Escape") setWanted("");
          }}
        />
      </label>
      <div className="hb-palette-list">
        {byFamily(found).map(([family, forms]) => (
          <section key={family} className="hb-family" style={{ "--hb-family": familyColour(family) } as React.CSSProperties}>
            <h4>{family}</h4>
            {forms.map((form) => (
              <Entry key={form.name} name={form.name} hint={form.summary} onAdd={() => append(form.name)}
                onGrab={(event) => onGrab(event, { kind: "layer", name: form.name, title: form.name, family })} />
            ))}
          </section>
        ))}
        {blocks.some((block) => named(block.name)) && (
          <section className="hb-family" style={{ "--hb-family": familyColour("custom") } as React.CSSProperties}>
            <h4>my blocks</h4>
            {blocks.filter((block) => named(block.name)).map((block) => (
              <div key={block.name} className="hb-palette-block">
                <Entry name={block.name} hint={block.layers.join(", ")} onAdd={() => void actions.addBlock(block.name, view.store.get().tab === "canvas" ? stage.middle() : undefined)}
                  onGrab={(event) => onGrab(event, { kind: "block", name: block.name, title: block.name, family: "custom" })} />
                <Button kind="quiet" icon="close" label={`Forget the block ${block.name}`} onClick={() => actions.deleteBlock(block.name)} />
              </div>
            ))}
          </section>
        )}
        {found.length === 0 && layers.length > 0 && <p className="hb-quiet">No layer is called that.</p>}
        {templates.length > 0 && (
          <details className="hb-fold hb-templates">
            <summary>Templates</summary>
            {templates.filter((each) => named(each.title)).map((each) => (
              <button key={each.name} type="button" className="hb-template" title={each.summary} data-testid={`palette-template-${each.name}`} onClick={() => template(each.name)}>
                <strong>{each.title}</strong><span>{each.data}</span>
              </button>
            ))}
          </details>
        )}
      </div>
    </nav>
  );
});

/** What can be added, followed without following the model. */
function useCatalog({ store }: Session) {
  const layers = useSyncExternalStore(store.subscribe, () => store.get().layers);
  const blocks = useSyncExternalStore(store.subscribe, () => store.get().blocks);
  const templates = useSyncExternalStore(store.subscribe, () => store.get().templates);
  return { layers, blocks, templates };
}

interface EntryProps {
  name: string;
  hint: string;
  onAdd: () => void;
  onGrab: (event: PointerEvent) => void;
}

function Entry({ name, hint, onAdd, onGrab }: EntryProps) {
  return (
    <button
      type="button" className="hb-palette-item" data-testid={`palette-${name}`} title={hint} aria-label={`${name}: drag onto the canvas, or press Enter to append`}
      onPointerDown={onGrab} onDoubleClick={onAdd}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        onAdd();
      }}
    >
      {name}
    </button>
  );
}
