// What node prints by itself, as it is and on a stream that the runner reads: exceptions that nobody catches, and warnings. Here both come to us instead.

export interface LastResort {
  /** Says what happened and ends the process: after an exception that nobody caught, nothing is certain any more. */
  readonly bug: (thrown: unknown) => never;
  readonly warning: (message: string) => void;
}

/** Takes both over from node until the returned function is called. A rejection that nobody handles is an exception too. */
export function takeOverUncaught({ bug, warning }: LastResort): () => void {
  const warn = (thrown: Error) => warning(`${thrown.name}: ${thrown.message}`);
  const nodes = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", warn);
  process.on("uncaughtException", bug);
  return () => {
    process.off("warning", warn);
    for (const listener of nodes) process.on("warning", listener);
    process.off("uncaughtException", bug);
  };
}
