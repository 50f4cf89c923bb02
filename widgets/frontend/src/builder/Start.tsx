// An empty canvas: how to begin.
import { Button } from "../shared/Button";
import { useKnown, useWorkbench } from "./context";

export function Start() {
  const { view, stage, template } = useWorkbench();
  const { templates } = useKnown();
  return (
    <div className="hb-start" data-testid="start">
      <div className="hb-start-card">
        <p>Drag a layer here, press <kbd>/</kbd> or double-click to add one.</p>
        <Button kind="primary" icon="plus" label="Add the first layer" onClick={() => view.open({ kind: "add", at: stage.spotOf(), to: { place: stage.middle() } })}>
          Add the first layer
        </Button>
        {templates.length > 0 && (
          <>
            <h4>or begin with a template</h4>
            <ul>
              {templates.map((each) => (
                <li key={each.name}>
                  <button type="button" data-testid={`template-${each.name}`} title={each.summary} onClick={() => template(each.name)}>
                    <strong>{each.title}</strong><span>{each.data}</span>
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
