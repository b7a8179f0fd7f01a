// The day of a moment, as policies, reports and names of files write it.

/** Returns `YYYY-MM-DD` (UTC), whose order as text is that of days. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, "YYYY-MM-DD".length);
}
