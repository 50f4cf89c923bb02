// A chain as rows.
import { Fragment, useCallback, useState } from "react";
import { Button } from "../shared/Button";
import { useKnown, useWorkbench } from "./context";
import { chainOrder, topological } from "./chain";
import { ListRow } from "./ListRow";
import { QuickAdd } from "./QuickAdd";
import { useRowDrag } from "./useRowDrag";

export function ListView() {
  const { actions } = useWorkbench();
  const { document, layers } = useKnown();
  const [adding, setAdding] = useState<number | null>(null);
  const order = chainOrder(document);
  const rows = order ?? topological(document);
  const close = useCallback(() => setAdding(null), []);
  const { dragged, over, grip } = useRowDrag(actions.moveRow);
  const plus = (index: number) => (
    <li className={over === index ? "hb-gap hb-gap-over" : "hb-gap"} key={`gap-${index}`} data-gap={index}>
      <Button kind="quiet" icon="plus" label={`Add a layer as row ${index + 1}`} testid={`add-row-${index}`} onClick={() => setAdding(index)} />
      {adding === index && (
        <QuickAdd
          layers={layers.filter((form) => (index === 0 ? true : form.inputs !== 0))} onClose={close}
          onChoose={(layer) => {
            actions.insertRow(layer, index);
            close();
          }}
        />
      )}
    </li>
  );
  const starts = document.nodes.some((node) => node.layer === "Input");
  return (
    <div className="hb-list" data-testid="list">
      {order === null && (
        <p className="hb-note">This model branches, so it is no list: change it on the canvas. Here are its layers in the order they run.</p>
      )}
      <ol>
        {order !== null && !starts && plus(0)}
        {rows.map((id, index) => {
          const node = document.nodes.find((each) => each.id === id);
          return node === undefined ? null : (
            <Fragment key={id}>
              <ListRow
                node={node} index={index} last={rows.length - 1} starts={starts} editable={order !== null} dragged={dragged === index}
                onGrip={(event) => grip(event, index)}
              />
              {order !== null && plus(index + 1)}
            </Fragment>
          );
        })}
      </ol>
    </div>
  );
}
