// Whether the widget's line to its kernel is cut, as the widget manager has it.
import type { Model } from "./channel";

export interface Life {
  isCut: () => boolean;
  /** Calls back when that may have changed; returns the way to stop it. */
  onLife: (listener: () => void) => () => void;
}

/** The manager marks the views of a cut widget with a class; anywidget passes its event on, but not the state. */
export function life(model: Model, el: HTMLElement): Life {
  return {
    isCut: () => el.closest(".jupyter-widgets-disconnected") !== null,
    onLife(listener) {
      const later = () => void setTimeout(listener, 0); // after the manager has set the class
      model.on("comm_live_update", later);
      return () => model.off("comm_live_update", later);
    },
  };
}
