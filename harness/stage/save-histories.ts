import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface SaveOptions {
  /** The world's folder, which no saved history names. */
  readonly world: string
}

/** Saves histories for replay tests, without the names of this machine and its folders. */
export async function saveHistories(
  folder: string,
  histories: Readonly<Record<string, string>>,
  { world }: SaveOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const names: readonly (readonly [string, string])[] = [
    [world, '/world'],
    [fileURLToPath(new URL('../..', import.meta.url)).replace(/\/(dist\/)?$/, ''), '/undrift'],
    [hostname(), 'host'],
  ]
  for (const [id, text] of Object.entries(histories)) {
    const file = join(folder, `${id.replaceAll(/[^\w.-]+/g, '-')}.history.json`)
    await writeFile(file, `${JSON.stringify(withoutNames(JSON.parse(text), names), null, 1)}\n`)
  }
}

/** Replaces names in every string, and inside of payloads. */
function withoutNames(value: unknown, names: readonly (readonly [string, string])[]): unknown {
  if (typeof value === 'string') return names.reduce((text, [from, to]) => text.replaceAll(from, to), value)
  if (Array.isArray(value)) return value.map((item) => withoutNames(item, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      // In base64, too: a short name may stand in a signature by chance.
      if (key === 'metadata') return [key, inner]
      if (key !== 'data' || typeof inner !== 'string') return [key, withoutNames(inner, names)]
      const plain = Buffer.from(inner, 'base64').toString('utf8')
      return [key, Buffer.from(String(withoutNames(plain, names))).toString('base64')]
    }),
  )
}
