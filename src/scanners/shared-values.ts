// Equal values once: tens of thousands of findings of one rule share its object and their message.

/** Returns a function that builds a value for a key the first time and gives the same one ever after. */
export function sharing<Value>(): (key: string, build: () => Value) => Value {
  const values = new Map<string, Value>();
  return (key, build) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = build();
    values.set(key, value);
    return value;
  };
}
