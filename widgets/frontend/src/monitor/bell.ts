// Tells news outside of the notebook: as the browser's notification, else in the title of the page.
import type { News } from "./news";

export type Permission = "granted" | "denied" | "default" | "none";

const KEY = "hornbook-notify";

/** Whether the browser lets this page notify; "none" where it cannot, "default" before it was asked. */
export const permission = (): Permission => (typeof Notification === "undefined" ? "none" : Notification.permission);

/** What the reader chose last, on any page of this server; null before a choice. */
export function remembered(): boolean | null {
  try {
    const said = localStorage.getItem(KEY);
    return said === null ? null : said === "yes";
  } catch {
    return null; // a page without storage
  }
}

export function remember(wanted: boolean): void {
  try {
    localStorage.setItem(KEY, wanted ? "yes" : "no");
  } catch {
    // it holds for this view alone
  }
}

/** Asks for the permission, which browsers let a page do once, after a click. */
export async function ask(): Promise<void> {
  if (permission() === "default") await Notification.requestPermission();
}

/** Tells the news. False where only the title of the page could say it. */
export function ring(news: News): boolean {
  if (permission() === "granted") {
    try {
      const shown = new Notification(news.title, { body: news.body, tag: news.tag });
      shown.onclick = () => window.focus();
      return true;
    } catch {
      // a browser that notifies from service workers alone
    }
  }
  sayInTitle(news.title);
  return false;
}

const SEEN = ["focus", "pointerdown", "keydown"] as const; // somebody is here
let titled: (() => void) | null = null;

function sayInTitle(text: string) {
  titled?.();
  const before = document.title;
  const said = `● ${text} – ${before}`;
  document.title = said;
  titled = () => {
    if (document.title === said) document.title = before;
    for (const event of SEEN) window.removeEventListener(event, titled!, true);
    titled = null;
  };
  for (const event of SEEN) window.addEventListener(event, titled, true);
}
