// How files are opened that somebody else may have put there. A pipe in the place of one would be waited for without end, and nothing could end the wait.

import { constants } from "node:fs";

/** For `open`: a pipe that nobody writes to reads as an empty file. 0 on Windows, which has none in a directory. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** For `readFile`. */
export const READ_TEXT = { encoding: "utf8", flag: READ_FLAGS } as const;
