// The Action's entry: it keeps our memory small, and calls one function.

import { runAction } from "./action/run-action.ts";
import { keepHeapSmall } from "./host/small-heap.ts";

keepHeapSmall();
await runAction(process.env, import.meta.dirname);
