// Undo and redo of what is typed in a field. The browser's own, once a field has none left, goes on in the notebook's cells.

const PAUSE = 500; // milliseconds without a key after which another step begins

/** The texts a field has held. */
export class TextHistory {
  private before: string[] = [];
  private after: string[] = [];
  private latest = -Infinity;

  constructor(private text: string) {}

  /** The field holds another text now. */
  note(text: string, time: number) {
    if (text === this.text) return;
    if (time - this.latest > PAUSE) this.before.push(this.text);
    this.latest = time;
    this.text = text;
    this.after = [];
  }

  /** The text a step back or forward, or null where there is none. */
  step(back: boolean): string | null {
    const [from, to] = back ? [this.before, this.after] : [this.after, this.before];
    const text = from.pop();
    if (text === undefined) return null;
    to.push(this.text);
    this.text = text;
    this.latest = -Infinity;
    return text;
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement;

const fieldOf = (target: EventTarget | null): Field | null =>
  target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !/^(checkbox|radio|range|button)$/.test(target.type)) ? target : null;

/** Puts a text into a field as if it were typed, so that whoever watches the field hears of it. */
function write(field: Field, text: string) {
  const owner = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
  Object.getOwnPropertyDescriptor(owner, "value")!.set!.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Ctrl Z and its kin in `root`: a field takes its own steps; where it has none, the key goes on to whoever listens. */
export function keepUndoInside(root: HTMLElement): () => void {
  const histories = new WeakMap<Field, TextHistory>();
  let writing = false;
  const enter = (event: Event) => {
    const field = fieldOf(event.target);
    if (field) histories.set(field, new TextHistory(field.value));
  };
  const typed = (event: Event) => {
    const field = fieldOf(event.target);
    if (field && !writing) histories.get(field)?.note(field.value, event.timeStamp);
  };
  const key = (event: KeyboardEvent) => {
    const name = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || (name !== "z" && name !== "y")) return;
    event.preventDefault();
    const field = fieldOf(event.target);
    const text = field && histories.get(field)?.step(name === "z" && !event.shiftKey);
    if (!field || text === null || text === undefined) return;
    writing = true;
    write(field, text);
    writing = false;
    event.stopPropagation();
  };
  root.addEventListener("focusin", enter);
  root.addEventListener("input", typed);
  root.addEventListener("keydown", key, true);
  return () => {
    root.removeEventListener("focusin", enter);
    root.removeEventListener("input", typed);
    root.removeEventListener("keydown", key, true);
  };
}
