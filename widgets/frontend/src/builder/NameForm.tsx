// One small question: a name, a comment, how many times.
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { Button } from "../shared/Button";
import { useKnown, useWorkbench } from "./context";
import { node } from "./document";
import { group } from "./groups";
import type { NameWhat } from "./view";

interface Props {
  what: NameWhat;
  id: string;
  onClose: () => void;
}

const LABELS: Record<NameWhat, string> = {
  title: "Name", comment: "Comment", group: "Name of the group", repeat: "How many times", block: "Keep in the palette as",
};

export function NameForm({ what, id, onClose }: Props) {
  const { actions } = useWorkbench();
  const { document } = useKnown();
  const home = group(document, id);
  const starts: Record<NameWhat, string> = {
    title: node(document, id)?.title ?? "", comment: node(document, id)?.comment ?? "", group: home?.title ?? "",
    repeat: String(home?.repeat ?? 2), block: home?.title ?? home?.id ?? "my block",
  };
  const [text, setText] = useState(starts[what]);
  const [wrong, setWrong] = useState(false);

  function done(event?: FormEvent) {
    event?.preventDefault();
    const times = Number(text);
    if (what === "repeat" && !(Number.isInteger(times) && times >= 1 && times <= 1000)) return setWrong(true);
    if (what === "block" && text.trim() === "") return setWrong(true);
    if (what === "title" || what === "comment") actions.label(id, what, text);
    else if (what === "group") actions.nameGroup(id, text);
    else if (what === "repeat") void actions.repeat(times);
    else actions.saveBlock(text.trim());
    onClose();
  }

  function key(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && (what !== "comment" || event.ctrlKey || event.metaKey)) done();
    else return;
    event.preventDefault();
  }

  const shared = { "aria-label": LABELS[what], className: "hb-input", autoFocus: true, value: text, "data-testid": "name-text", "aria-invalid": wrong || undefined };
  return (
    <form className="hb-name-form" onSubmit={done} onKeyDown={key} role="dialog" aria-label={LABELS[what]} data-testid="name-form">
      <label>{LABELS[what]}</label>
      {what === "comment"
        ? <textarea {...shared} rows={4} onChange={(event) => setText(event.target.value)} />
        : <input {...shared} type={what === "repeat" ? "number" : "text"} min={1} max={1000} maxLength={200} onFocus={(event) => event.target.select()}
            onChange={(event) => setText(event.target.value)} />}
      {wrong && <p className="hb-node-error">{what === "repeat" ? "A whole number from 1 to 1,000." : "It needs a name."}</p>}
      <div className="hb-row-buttons">
        <Button kind="primary" label="Done" testid="name-done" onClick={() => done()}>Done</Button>
        <Button label="Cancel" onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}
