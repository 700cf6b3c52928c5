/** The last line that a command printed. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

/** The object that a command printed with `--json`, among lines of talk. */
export function printedObject(text: string): Record<string, unknown> {
  return JSON.parse(text.split('\n').find((line) => line.startsWith('{"version"')) ?? '{}')
}

/** Waits until something holds; the test's own limit ends the waiting. */
export async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 200))
}
