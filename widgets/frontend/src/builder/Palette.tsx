// All layers, by family: to drag onto the canvas, or to append with Enter or a double click.
import { useState, type PointerEvent } from "react";
import { familyColour } from "../shared/families";
import { Icon } from "../shared/Icon";
import type { LayerForm } from "../shared/types";
import { useKnown, useWorkbench } from "./context";

export function matches(form: LayerForm, wanted: string): boolean {
  const text = `${form.name} ${form.family} ${form.summary}`.toLowerCase();
  return wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

export function byFamily(layers: LayerForm[]): [string, LayerForm[]][] {
  const families = new Map<string, LayerForm[]>();
  for (const form of layers) families.set(form.family, [...(families.get(form.family) ?? []), form]);
  return [...families];
}

interface Props {
  onGrab: (event: PointerEvent, form: LayerForm) => void;
}

export function Palette({ onGrab }: Props) {
  const { layers } = useKnown();
  const { actions } = useWorkbench();
  const [wanted, setWanted] = useState("");
  const found = layers.filter((form) => matches(form, wanted));
  return (
    <nav className="hb-palette" aria-label="Layers to add">
      <label className="hb-search">
        <Icon name="search" />
        <input
          type="search" className="hb-input" placeholder="Find a layer" aria-label="Find a layer" data-testid="palette-search"
          value={wanted} onChange={(event) => setWanted(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0] !== undefined) actions.append(found[0].name);
            if (event.key === "Escape") setWanted("");
          }}
        />
      </label>
      <div className="hb-palette-list">
        {byFamily(found).map(([family, forms]) => (
          <section key={family} className="hb-family" style={{ "--hb-family": familyColour(family) } as React.CSSProperties}>
            <h4>{family}</h4>
            {forms.map((form) => (
              <button
                key={form.name} type="button" className="hb-palette-item" data-testid={`palette-${form.name}`} title={form.summary}
                aria-label={`${form.name}: drag onto the canvas, or press Enter to append`}
                onPointerDown={(event) => onGrab(event, form)} onDoubleClick={() => actions.append(form.name)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" && event.key !== " ") return;
                  event.preventDefault();
                  actions.append(form.name);
                }}
              >
                {form.name}
              </button>
            ))}
          </section>
        ))}
        {found.length === 0 && layers.length > 0 && <p className="hb-quiet">No layer is called that.</p>}
      </div>
    </nav>
  );
}
