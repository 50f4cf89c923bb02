// The model as Python text, to read and to edit. What is typed is tried after a pause; what Python refuses marks its line.
// It is there again after another tab, unless the model is another by then.
import { useEffect, useRef, useState } from "react";
import { Button } from "../shared/Button";
import { CodePaper } from "./CodePaper";
import { useKnown, useWorkbench } from "./context";
import { spoken } from "./keys";

const PAUSE = 700; // milliseconds without a key after which the text is tried

export function CodeView() {
  const { session, view } = useWorkbench();
  const { code, problem, codeRefused, codeTaken, asking, connected } = useKnown();
  const before = view.draft?.code === code ? view.draft : null;
  const [draft, setDraft] = useState(before?.text ?? null);
  const [tried, setTried] = useState(before?.tried ?? null); // the draft that Python was last asked to take
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const inside = useRef(false);
  const text = draft ?? code;
  const taken = draft !== null && draft === tried && codeTaken;
  const refused = draft !== null && codeRefused && !asking ? problem : null;

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (taken && !inside.current) forget(); // Python's own spelling comes when the text is left
  }, [taken]);
  useEffect(() => {
    if (view.draft !== null && view.draft.code !== code && !inside.current) forget(); // changed elsewhere
  }, [code]);

  function keep(text: string | null, asked: string | null) {
    view.draft = text === null ? null : { text, tried: asked, code: session.store.get().code };
    setDraft(text);
    setTried(asked);
  }

  function forget() {
    clearTimeout(timer.current);
    keep(null, null);
  }

  function ask(wanted: string) {
    clearTimeout(timer.current);
    if (!session.store.get().connected) return;
    keep(wanted, wanted);
    session.code(wanted);
  }

  function apply() {
    if (draft !== null && !taken && !(asking && draft === tried)) ask(draft);
  }

  function change(next: string) {
    keep(next, tried);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => ask(next), PAUSE);
  }

  function leave() {
    inside.current = false;
    if (draft === null) return;
    if (draft === code || taken) forget();
    else if (draft !== tried) apply();
  }

  const word = draft === null ? "Python" : taken ? "Python, taken over" : refused ? "not taken over" : "edited";
  return (
    <section className="hb-code" aria-label="The model as Python code">
      <div className="hb-code-bar">
        <span className="hb-quiet" data-testid="code-word">{word}</span>
        <span className="hb-spring" />
        {draft !== null && !taken && <Button kind="quiet" label="Take back what was typed" testid="code-revert" onClick={forget}>Revert</Button>}
        <Button
          kind={draft !== null && !taken ? "primary" : "plain"} label={`Apply the code (${spoken("Mod+Enter")})`} testid="code-apply"
          disabled={draft === null || taken || asking || !connected} onClick={() => apply()}
        >
          Apply
        </Button>
      </div>
      {refused && <p className="hb-note hb-note-error" role="alert" data-testid="code-problem">{refused.message}</p>}
      <CodePaper text={text} wrong={refused?.line ?? null} onChange={change} onApply={() => apply()} onEnter={() => { inside.current = true; }} onLeave={leave} />
    </section>
  );
}
