/** The address with a parameter, unless the config has set it already. */
export function withParameter(url: URL, name: string, value: string): URL {
  const asked = new URL(url)
  if (!asked.searchParams.has(name)) asked.searchParams.set(name, value)
  return asked
}
