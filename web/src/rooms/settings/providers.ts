const KEYLESS = "local"; // runs beside the server, and asks for no key

/** Return the providers that a key can be set for, in the order in which their models are listed. */
export function providersOf(models: readonly { provider: string }[]): string[] {
  return [...new Set(models.map((one) => one.provider))].filter((one) => one !== KEYLESS);
}
