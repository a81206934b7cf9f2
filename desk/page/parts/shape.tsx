import type { Tone } from "../view/cover.ts";

const PATHS: Readonly<Record<Tone, string>> = {
  ok: "M13 2a11 11 0 1 1 0 22 11 11 0 0 1 0-22ZM7.5 13.5l4 4 7.5-8.5",
  bad: "M13 2 25 24H1ZM13 9v7M13 19.2v1.2",
  warn: "M13 2a11 11 0 1 1 0 22 11 11 0 0 1 0-22ZM13 7v7.5M13 18.2v1",
  soft: "M13 2a11 11 0 1 1 0 22 11 11 0 0 1 0-22ZM9.5 10a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M13 19v.8",
};

/** A tone as a shape, for those who don't see its colour. The words beside it say the same. */
export const Shape = ({ tone }: { tone: Tone }) => (
  <svg class={`shape ${tone}`} viewBox="0 0 26 26" aria-hidden="true">
    <path d={PATHS[tone]} />
  </svg>
);
