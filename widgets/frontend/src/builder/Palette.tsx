// All layers, by family, the saved blocks and the templates: to drag onto the canvas, or to append with Enter or a double click.
import { memo, useEffect, useState, useSyncExternalStore, type KeyboardEvent, type PointerEvent } from "react";
import { Button } from "../shared/Button";
import { familyColour } from "../shared/families";
import { Icon } from "../shared/Icon";
import type { GraphDocument, LayerForm } from "../shared/types";
import { useWorkbench } from "./context";
import { ranked } from "./searching";
import type { Session } from "./session";
import type { Item } from "./useGrab";

export function byFamily(layers: LayerForm[]): [string, LayerForm[]][] {
  const families = new Map<string, LayerForm[]>();
  for (const form of layers) families.set(form.family, [...(families.get(form.family) ?? []), form]);
  return [...families];
}

const MANY = 1000; // more than any place among the usual layers

/** Layers as searched for, best match first; of equals those the model has most of, then the usual ones. */
export function foundIn(layers: LayerForm[], wanted: string, { nodes }: GraphDocument): LayerForm[] {
  const used = (name: string) => nodes.filter((node) => node.layer === name).length;
  return ranked(layers, wanted, ({ name, family, summary, usual }) => ({ name, words: `${family} ${summary}`, use: MANY * used(name) - (usual ?? MANY) }));
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
  const found = foundIn(layers, wanted, session.store.get().document);
  const named = (name: string) => name.toLowerCase().includes(wanted.trim().toLowerCase());
  const kept = blocks.filter((block) => named(block.name));
  const whole = templates.filter((each) => named(each.title));
  const searching = wanted.trim() !== "";
  const [open, setOpen] = useState(false); // the templates, while nothing is searched for
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

  const entry = ({ name, summary, family }: LayerForm) => (
    <Entry key={name} name={name} hint={summary} family={family} onAdd={() => append(name)} onGrab={(event) => onGrab(event, { kind: "layer", name, title: name, family })} />
  );

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
        {searching ? found.map(entry) : byFamily(found).map(([family, forms]) => (
          <section key={family} className="hb-family">
            <h4>{family}</h4>
            {forms.map(entry)}
          </section>
        ))}
        {kept.length > 0 && (
          <section className="hb-family">
            <h4>my blocks</h4>
            {kept.map((block) => (
              <div key={block.name} className="hb-palette-block">
                <Entry name={block.name} hint={block.layers.join(", ")} family="custom" onAdd={() => void actions.addBlock(block.name, view.store.get().tab === "canvas" ? stage.middle() : undefined)}
                  onGrab={(event) => onGrab(event, { kind: "block", name: block.name, title: block.name, family: "custom" })} />
                <Forget name={block.name} onForget={() => actions.deleteBlock(block.name)} />
              </div>
            ))}
          </section>
        )}
        {found.length + kept.length + whole.length === 0 && layers.length > 0 && <p className="hb-quiet" data-testid="palette-none">Nothing is called that.</p>}
        {whole.length > 0 && (
          <details className="hb-fold hb-templates" open={open || searching} onToggle={(event) => !searching && setOpen(event.currentTarget.open)}>
            <summary>Templates</summary>
            {whole.map((each) => (
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

const SURE = 4000; // milliseconds in which a second press forgets

/** Forgets a block for good: it asks at the first press and does it at the second. */
function Forget({ name, onForget }: { name: string; onForget: () => void }) {
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), SURE);
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <Button
      kind={asking ? "danger" : "quiet"} icon={asking ? undefined : "close"} testid={`forget-${name}`}
      label={asking ? `Forget the block ${name}? Press again to do it` : `Forget the block ${name}`}
      onClick={() => (asking ? onForget() : setAsking(true))}
    >
      {asking ? "Forget?" : undefined}
    </Button>
  );
}

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
  family: string;
  onAdd: () => void;
  onGrab: (event: PointerEvent) => void;
}

function Entry({ name, hint, family, onAdd, onGrab }: EntryProps) {
  return (
    <button
      type="button" className="hb-palette-item" data-testid={`palette-${name}`} title={hint} aria-label={`${name}: drag onto the canvas, or press Enter to append`}
      style={{ "--hb-family": familyColour(family) } as React.CSSProperties} onPointerDown={onGrab} onDoubleClick={onAdd}
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
