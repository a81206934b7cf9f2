import { useRef, useState } from "preact/hooks";
import { plainText } from "../../words.ts";

const LONGEST = 4_000;

/** A command, and a button that copies exactly what is shown. */
export function CodeBox({ command }: { command: string }) {
  const [said, setSaid] = useState("Copy");
  const code = useRef<HTMLElement>(null);
  const shown = command
    .split("\n")
    .map((line) => plainText(line, LONGEST))
    .join("\n");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(shown);
      setSaid("Copied");
    } catch {
      // Without permission, or over plain HTTP: the text is marked, for the keyboard's own copy.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      setSaid("Marked");
    }
  };
  return (
    <div class="code">
      <code ref={code}>{shown}</code>
      <button type="button" onClick={copy} onBlur={() => setSaid("Copy")}>
        {said}
        <span class="hidden"> the command</span>
      </button>
    </div>
  );
}
