import type { QuietHours } from '../quiet-hours.ts'
import type { ForkSettings, StepRule, TagRules, UpstreamSettings } from '../settings.ts'
import type { LineKey } from '../watch.ts'

/** The rules by which some lines take releases. */
export interface LineRules {
  /** The lines that share them. */
  readonly lines: readonly LineKey[]
  readonly tags: TagRules
  readonly step: StepRule
  readonly minimumAgeSeconds: number
  readonly quiet: readonly QuietHours[]
}

/** The key of a fork's line in what a watch knows. */
export function lineKey({ name, line }: Pick<ForkSettings, 'name' | 'line'>): LineKey {
  return `${name}/${line}`
}

/** The rules that decide which tags a line takes. */
export function tagRulesOf(
  upstream: Pick<UpstreamSettings, 'tags'>,
  fork: Pick<ForkSettings, 'tags'>,
): TagRules {
  return fork.tags ?? upstream.tags
}

/** The rules of every line that follows an upstream, those with the same rules together. */
export function lineRules(upstream: UpstreamSettings, forks: readonly ForkSettings[]): readonly LineRules[] {
  const groups = new Map<string, { readonly rules: Omit<LineRules, 'lines'>; readonly lines: LineKey[] }>()
  for (const fork of forks) {
    const rules = {
      tags: tagRulesOf(upstream, fork),
      step: fork.step ?? 'latest',
      minimumAgeSeconds: fork.minimumAgeSeconds ?? 0,
      quiet: fork.quiet ?? [],
    }
    const key = JSON.stringify(rules)
    const group = groups.get(key) ?? { rules, lines: [] }
    group.lines.push(lineKey(fork))
    groups.set(key, group)
  }
  return [...groups.values()].map(({ rules, lines }) => ({ ...rules, lines }))
}
