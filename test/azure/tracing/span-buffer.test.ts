import { expect, test } from "vitest";
import { spanBuffer } from "../../../azure/tracing/span-buffer.ts";
import { stepSpan } from "./sample-spans.ts";

const named = (name: string) => stepSpan({ name });
const names = (spans: readonly { readonly name: string }[]) => spans.map(({ name }) => name);

test("gives the oldest spans first, as many as are asked for", () => {
  const buffer = spanBuffer();
  for (const name of ["a", "b", "c"]) buffer.keep(named(name));
  expect(names(buffer.take(2))).toEqual(["a", "b"]);
  expect(names(buffer.take(2))).toEqual(["c"]);
  expect(buffer.size()).toBe(0);
});

test("never grows beyond its limit: the oldest give way, and are counted once", () => {
  const buffer = spanBuffer(2);
  for (const name of ["a", "b", "c"]) buffer.keep(named(name));
  expect(buffer.takeDropped()).toBe(1);
  expect(buffer.takeDropped()).toBe(0);
  expect(names(buffer.take(9))).toEqual(["b", "c"]);
});

test("what is put back stands before what came meanwhile, and within the same limit", () => {
  const buffer = spanBuffer(3);
  for (const name of ["a", "b"]) buffer.keep(named(name));
  const taken = buffer.take(2);
  for (const name of ["c", "d"]) buffer.keep(named(name));
  buffer.putBack(taken);
  expect(buffer.takeDropped()).toBe(1);
  expect(names(buffer.take(9))).toEqual(["b", "c", "d"]);
});
