// The system's clipboard, through the browser's own copy, cut and paste events.
import { useEffect, useRef, type RefObject } from "react";
import { isTyping } from "../shared/keyboard";
import type { Workbench } from "./context";

/** Whether a person has marked some words, to copy those. */
const hasMarkedText = () => (window.getSelection()?.toString() ?? "") !== "";

export function useClipboard({ actions, stage }: Workbench, root: RefObject<HTMLElement | null>) {
  const came = useRef(false);

  useEffect(() => {
    const home = root.current;
    if (home === null) return;
    const copy = (event: ClipboardEvent) => {
      const text = isTyping(event.target) || hasMarkedText() ? null : actions.copy();
      if (text === null) return;
      came.current = true;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") actions.remove();
    };
    const paste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      came.current = true;
      event.preventDefault();
      void actions.paste(event.clipboardData?.getData("text/plain") ?? "", stage.pointed());
    };
    home.addEventListener("copy", copy);
    home.addEventListener("cut", copy);
    home.addEventListener("paste", paste);
    return () => {
      home.removeEventListener("copy", copy);
      home.removeEventListener("cut", copy);
      home.removeEventListener("paste", paste);
    };
  }, [actions, stage, root]);

  /** After a key of the clipboard: does the same within the page, where the browser sends no event. */
  return function clip(what: string) {
    came.current = false;
    setTimeout(() => {
      if (came.current) return;
      if (what === "paste") void actions.paste("", stage.pointed());
      else if (!hasMarkedText() && actions.copy() !== null && what === "cut") actions.remove();
    }, 80);
  };
}
