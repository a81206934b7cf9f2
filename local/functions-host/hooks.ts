const HOOK_NAMES = ["appStart", "appTerminate", "preInvocation", "postInvocation", "log"] as const;

export type HookName = (typeof HOOK_NAMES)[number];
export type HookCallback = (context: unknown) => unknown;

export type Hooks = {
  /** Gives the function that takes the hook away again. @throws RangeError for an unknown name, which the library expects. */
  readonly register: (name: unknown, callback: unknown) => () => void;
  /** One after the other, in the order of registration. */
  readonly run: (name: HookName, context: unknown) => Promise<void>;
  /** Log hooks are not awaited: a log call is synchronous. */
  readonly runNow: (name: HookName, context: unknown) => void;
};

/** The hooks that an app may set (`app.hook.*`). */
export function createHooks(): Hooks {
  const registered: { readonly name: HookName; readonly callback: HookCallback }[] = [];
  const named = (name: HookName) => registered.filter((hook) => hook.name === name);
  return {
    register: (name, callback) => {
      const known = HOOK_NAMES.find((hookName) => hookName === name);
      if (known === undefined) throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), SYSTEM_ERROR);
      if (!isCallback(callback)) throw new TypeError(`The ${known} hook has to be a function.`);
      const hook = { name: known, callback };
      registered.push(hook);
      return () => {
        const index = registered.indexOf(hook);
        if (index >= 0) registered.splice(index, 1);
      };
    },
    run: async (name, context) => {
      for (const hook of named(name)) await hook.callback(context);
    },
    runNow: (name, context) => {
      for (const hook of named(name)) hook.callback(context);
    },
  };
}

const SYSTEM_ERROR = { isAzureFunctionsSystemError: true };

const isCallback = (value: unknown): value is HookCallback => typeof value === "function";
