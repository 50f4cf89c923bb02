// The layers as rows. A chain can be reordered and added to; of a graph the rows say what each reads.
import { Fragment } from "react";
import { Button } from "../shared/Button";
import { chainOrder, topological } from "./chain";
import { useKnown, useWorkbench } from "./context";
import { into } from "./document";
import { groupOf, groupTitle } from "./groups";
import { ListRow } from "./ListRow";
import { useRowDrag } from "./useRowDrag";

export function ListView() {
  const { actions, view, stage } = useWorkbench();
  const { document, analysis } = useKnown();
  const order = chainOrder(document);
  const rows = order ?? topological(document);
  const { dragged, over, grip } = useRowDrag(actions.moveRow);
  const starts = document.nodes.some((node) => node.layer === "Input");
  const last = rows.length - 1;

  const plus = (index: number) => (
    <li className={over === index ? "hb-gap hb-gap-over" : "hb-gap"} key={`gap-${index}`} data-gap={index}>
      <Button
        kind="quiet" icon="plus" label={`Add a layer as row ${index + 1}`} testid={`add-row-${index}`} onClick={() => {
          const box = window.document.activeElement?.getBoundingClientRect();
          const at = box ? stage.spot(box.left - 90, box.bottom + 4) : stage.spotOf();
          view.open({ kind: "add", at, to: { row: index, source: rows[index - 1], target: rows[index] } });
        }}
      />
    </li>
  );

  return (
    <div className="hb-list" data-testid="list">
      {order === null && <p className="hb-note">This model branches: each row says what it reads. Wires are drawn on the canvas, or chosen in a layer's inspector.</p>}
      <ol>
        {order !== null && !starts && plus(0)}
        {rows.map((id, index) => {
          const node = document.nodes.find((each) => each.id === id);
          const home = groupOf(document, id);
          const opens = home !== undefined && groupOf(document, rows[index - 1] ?? "") !== home;
          return node === undefined ? null : (
            <Fragment key={id}>
              {opens && (
                <li className="hb-row-group">
                  <strong>{groupTitle(home)}</strong>
                  {home.repeat && <span className="hb-group-times hb-group-repeated">×{home.repeat}</span>}
                  {home.repeat && analysis.groups?.[home.id]?.parameters ? <span className="hb-quiet hb-figures">{analysis.groups[home.id]!.parameters!.toLocaleString("en-US")} parameters in all</span> : null}
                </li>
              )}
              <ListRow
                node={node} index={index} last={last} starts={starts} chain={order !== null} dragged={dragged === index} grouped={home !== undefined}
                reads={order === null ? into(document, id).map((edge) => edge.source) : null} onGrip={(event) => grip(event, index)}
              />
              {order !== null ? plus(index + 1) : <li className="hb-gap hb-gap-plain" aria-hidden="true" />}
            </Fragment>
          );
        })}
      </ol>
    </div>
  );
}
