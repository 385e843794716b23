import { signal } from "@preact/signals";

/** The key of the camera that was just added or got a new one; it is shown once. */
export const shownKey = signal<{ id: string; key: string } | null>(null);
