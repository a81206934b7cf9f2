import { describe, expect, test } from "vitest";
import { DoesNotApply, edited, mutatedFiles } from "./apply-mutation.ts";
import { stubProject } from "./stub-project.ts";

const FILE = "backup/product.ts";

describe("an edit", () => {
  test("replaces the one place that it names, whatever signs stand in it", () => {
    expect(edited("a; b(); c", { file: FILE, find: "b();", replace: "$&$1;" })).toBe("a; $&$1; c");
  });

  test.each([
    ["nothing like it", "c();", "b();", 0],
    ["it twice", "b(); b();", "b();", 2],
    ["nothing to find", "b();", "", 0],
  ])("is refused where the file has %s", (_what, text, find, places) => {
    const edit = { file: FILE, find, replace: "d();" };
    expect(() => edited(text, edit)).toThrow(`${FILE} has ${places} places, not one, that read: ${find}`);
  });

  test("is refused where it changes nothing", () => {
    expect(() => edited("b();", { file: FILE, find: "b();", replace: "b();" })).toThrow(DoesNotApply);
  });
});

describe("a mutation of several edits", () => {
  test("makes one after the other in the same file", async () => {
    const project = await stubProject("first(); second();");
    const edits = [
      { file: FILE, find: "first();", replace: "one();" },
      { file: FILE, find: "one(); second();", replace: "one(); two();" },
    ];
    expect(await mutatedFiles(project.folder, { name: "numbers", why: "", edits })).toEqual(
      new Map([[FILE, "one(); two();"]]),
    );
    await project.remove();
  });

  test("is refused without an edit, and where its file has gone", async () => {
    const project = await stubProject("");
    const gone = { file: "backup/gone.ts", find: "a", replace: "b" };
    await expect(mutatedFiles(project.folder, { name: "none", why: "", edits: [] })).rejects.toThrow("no edits: none");
    await expect(mutatedFiles(project.folder, { name: "gone", why: "", edits: [gone] })).rejects.toThrow(
      "There is no backup/gone.ts to change: gone",
    );
    await project.remove();
  });
});
