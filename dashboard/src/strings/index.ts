/** Every text of the page, in the language chosen. */
import { effect, signal } from "@preact/signals";
import { de } from "./de";
import { en } from "./en";

export type Strings = typeof en;
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "lookout.language";

function remembered(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // storage is blocked: the browser's language will do
  }
  const wanted = kept ?? navigator.language.slice(0, 2);
  return wanted === "de" ? "de" : "en";
}

export const language = signal<Language>(remembered());

effect(() => {
  document.documentElement.lang = language.value;
});

export function setLanguage(chosen: Language): void {
  language.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // it lasts as long as the page
  }
}

/** The texts. Read while rendering, so that a change of language shows at once. */
export function t(): Strings {
  return language.value === "de" ? de : en;
}

/** How dates are written: as the browser has it where that is of the same language. */
export function locale(): string {
  return navigator.languages.find((one) => one.startsWith(language.value)) ?? language.value;
}

/** A number with two digits after the point, or the comma. */
export function decimal(value: number): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(locale(), digits).format(value);
}
