import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import type { Asked } from './check-policy.ts'
import type { DataFolder } from './data-folder.ts'
import { policyFile } from './load-policy.ts'
import { joinPolicies, narrowestPolicy } from './narrow-policy.ts'
import { type Policy, policySchema } from './policy.ts'

/** The first line of a file that Undrift may write again. */
const mark = '# Written by undrift. Take this line out to keep what you change.'
const source = '# config: '

const sourceLine = z.strictObject({ path: z.string(), policy: policySchema })

/**
 * Writes the narrowest policy that a config needs into the data folder, together with what the other configs need that were
 * applied to it. A file that a person wrote is left alone.
 */
export function writePolicy(
  data: DataFolder,
  config: Asked & { readonly path: string },
  options: { readonly others: 'keep' | 'forget' },
): 'written' | 'unchanged' | 'by-a-person' {
  const file = policyFile(data)
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null
  if (before !== null && !before.startsWith(mark)) return 'by-a-person'
  const others =
    options.others === 'forget'
      ? []
      : sourcesIn(before ?? '').filter(({ path }) => path !== config.path && existsSync(path))
  const text = render([...others, { path: config.path, policy: narrowestPolicy(config) }])
  if (text === before) return 'unchanged'
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Whole or not at all: workers read it whenever it changes.
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, text, { mode: 0o600 })
  renameSync(fresh, file)
  return 'written'
}

interface Source {
  readonly path: string
  readonly policy: Policy
}

function sourcesIn(text: string): readonly Source[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(source)) return []
    try {
      return [sourceLine.parse(JSON.parse(line.slice(source.length)))]
    } catch {
      return []
    }
  })
}

function render(sources: readonly Source[]): string {
  const sorted = sources.toSorted((left, right) => (left.path < right.path ? -1 : 1))
  const lines = sorted.map((each) => `${source}${JSON.stringify(each)}`)
  return [mark, ...lines, stringify(joinPolicies(sorted.map(({ policy }) => policy)), { lineWidth: 0 })].join(
    '\n',
  )
}
