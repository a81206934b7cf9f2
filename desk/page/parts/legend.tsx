const LOOKS = [
  ["covered", "covered"],
  ["recovered", "covered after a failure"],
  ["failed", "failed"],
  ["missed", "no attempt"],
  ["running", "running"],
  ["notDue", "not due"],
] as const;

export const Legend = () => (
  <p class="legend soft">
    {LOOKS.map(([look, words]) => (
      <span key={look}>
        <i class={`cell ${look}`} aria-hidden="true" /> {words}
      </span>
    ))}
    <span>One cell is one day. Times are UTC; hover shows yours.</span>
  </p>
);
