// The Action's entry: one call.

import { runAction } from "./action/run-action.ts";

await runAction(process.env, import.meta.dirname);
