// Files of models, on the kernel's side: one to open, one to save to.
import { useEffect, useState, type KeyboardEvent } from "react";
import { Button } from "../shared/Button";
import { bytes } from "../shared/format";
import type { ModelFile } from "../shared/types";
import { useWorkbench, type Filing } from "./context";
import { Picker, type Choice } from "./Picker";
import type { Session } from "./session";

interface Folder {
  folder: string;
  files: ModelFile[];
}

/** How a builder by itself opens and saves. */
export function filing(session: Session): Filing {
  return {
    async open(path) {
      if ((await session.open(path)) !== null) session.report(`opened ${path}`);
    },
    async save(path) {
      const answer = await session.ask("save", { path });
      if (answer === null) session.say("Python has not said whether the model is saved");
      else if (answer.problem !== null) session.say(String(answer.problem));
      else session.report(`saved to ${String(answer.path)}`);
    },
  };
}

/** The files in the folder where the kernel works; null until Python has told them. */
function useFolder(): Folder | null {
  const { session } = useWorkbench();
  const [known, setKnown] = useState<Folder | null>(null);
  useEffect(() => {
    let here = true;
    void session.ask("files", {}).then((answer) => here && answer !== null && setKnown(answer as unknown as Folder));
    return () => void (here = false);
  }, [session]);
  return known;
}

const day = (seconds: number) => new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

export function OpenPicker({ onClose }: { onClose: () => void }) {
  const { files } = useWorkbench();
  const known = useFolder();
  const choices = (known?.files ?? []).map((file): Choice => ({ id: file.name, title: file.name, detail: bytes(file.bytes), words: day(file.modified) }));
  const typed = (path: string) => (path === "" || choices.some((each) => each.id === path) ? null : { id: path, title: path, detail: "this path" });
  return (
    <Picker
      label="Open a model's file" placeholder="Find a file, or type a path" testid="open-list" choices={choices} typed={typed} onClose={onClose}
      empty={known === null ? "Looking…" : `There is no .h5 or .keras file in ${known.folder}.`} onChoose={(path) => {
        files.open(path);
        onClose();
      }}
    />
  );
}

export function SaveForm({ onClose }: { onClose: () => void }) {
  const { files } = useWorkbench();
  const known = useFolder();
  const [path, setPath] = useState("model.h5");
  const named = /\.[^./\\]+$/.test(path) ? path.trim() : `${path.trim()}.h5`;
  const replaces = known?.files.some((file) => file.name === named) === true;
  function done() {
    if (path.trim() === "") return;
    files.save(path.trim());
    onClose();
  }
  function key(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) done();
    else return;
    event.preventDefault();
  }
  return (
    <div className="hb-name-form" onKeyDown={key} role="dialog" aria-label="Save the model" data-testid="save-form">
      <label>Save the model, with its weights and its layout, to</label>
      <input
        className="hb-input" aria-label="file to save to" autoFocus spellCheck={false} value={path} data-testid="save-as" onFocus={(event) => event.target.select()}
        onChange={(event) => setPath(event.target.value)}
      />
      {replaces && <p className="hb-node-error" role="status">{named} is there already; it will be replaced.</p>}
      <div className="hb-row-buttons">
        <Button kind="primary" label="Save" testid="save-done" disabled={path.trim() === ""} onClick={done}>Save</Button>
        <Button label="Cancel" onClick={onClose}>Cancel</Button>
      </div>
    </div>
  );
}
