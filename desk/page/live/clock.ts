/** The app's clock, by the `Date` header of its answers: the clock of this computer may be wrong by days. */
export type Clock = { readonly read: (headers: Headers) => void; readonly now: () => Date };

export function createClock(): Clock {
  let ahead = 0;
  return {
    read: (headers) => {
      const date = Date.parse(headers.get("date") ?? "");
      if (!Number.isNaN(date)) ahead = date - Date.now();
    },
    now: () => new Date(Date.now() + ahead),
  };
}
