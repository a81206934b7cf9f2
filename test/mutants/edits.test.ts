import { describe, expect, test } from "vitest";
import { DoesNotApply, mutated, mutatedFile } from "./apply-mutation.ts";
import { stubProject } from "./stub-project.ts";

const FILE = "backup/product.ts";
const mutation = (find: string, replace: string, file = FILE) => ({ name: "a mistake", file, find, replace });

describe("a mutation", () => {
  test("replaces the one place that it names, whatever signs stand in it", () => {
    expect(mutated("a; b(); c", mutation("b();", "$&$1;"))).toBe("a; $&$1; c");
  });

  test.each([
    ["has nothing like it", "c();", "b();", "0 places"],
    ["has it twice", "b(); b();", "b();", "2 places"],
    ["is given nothing to find", "b();", "", "0 places"],
    ["stays as it is", "d();", "d();", "changes nothing"],
  ])("is refused where the file %s", (_what, text, find, problem) => {
    expect(() => mutated(text, mutation(find, "d();"))).toThrow(problem);
  });

  test("is refused where its file is gone", async () => {
    const project = await stubProject("");
    await expect(mutatedFile(project.folder, mutation("a", "b", "backup/gone.ts"))).rejects.toThrow(DoesNotApply);
    await project.remove();
  });
});
