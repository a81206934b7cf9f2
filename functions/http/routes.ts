import type { HttpMethod } from "@azure/functions";

/** Every route of the API. */
export const ROUTES = {
  manualBackup: { method: "POST", route: "backups" },
  listBackups: { method: "GET", route: "backups" },
  getBackup: { method: "GET", route: "backups/{hsm}/{run}" },
  health: { method: "GET", route: "health" },
  hsms: { method: "GET", route: "hsms" },
  doctor: { method: "GET", route: "doctor" },
  coverage: { method: "GET", route: "hsms/{hsm}/coverage" },
} as const satisfies Readonly<Record<string, { readonly method: HttpMethod; readonly route: string }>>;
export type RouteName = keyof typeof ROUTES;
