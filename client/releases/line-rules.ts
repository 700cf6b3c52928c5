import type { Config } from '../../config/config.ts'
import { nearest } from '../../config/nearest.ts'
import { UndriftError } from '../../domain/errors.ts'
import { lineKey, tagRulesOf } from '../../domain/lines/line-rules.ts'
import type { TagRules, UpstreamSettings } from '../../domain/settings.ts'
import type { LineKey } from '../../domain/watch.ts'

/**
 * The rules of a line of an upstream, by its name or as `FORK/LINE`. A bare name is enough where the lines of that name
 * have the same rules. Errors: UNDRIFT_E_NOT_FOUND, UNDRIFT_E_USAGE.
 */
export function rulesOfLine(
  config: Config,
  upstream: UpstreamSettings,
  word: string,
): { readonly rules: TagRules; readonly line: LineKey | null } {
  const following = config.forks.filter((fork) => fork.upstream === upstream.name)
  const meant = following.filter((fork) => fork.line === word || lineKey(fork) === word)
  const [first] = meant
  if (first === undefined) {
    const names = following.map(lineKey)
    const near = nearest(word, [...names, ...following.map(({ line }) => line)])
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `${upstream.name} has no line \`${word}\`.`, {
      hint: near === null ? `Its lines are: ${names.join(', ') || 'none'}.` : `Did you mean \`${near}\`?`,
    })
  }
  const rules = meant.map((fork) => JSON.stringify(tagRulesOf(upstream, fork)))
  if (new Set(rules).size > 1) {
    throw new UndriftError('UNDRIFT_E_USAGE', `\`${word}\` names several lines with rules of their own.`, {
      hint: `Name one of: ${meant.map(lineKey).join(', ')}.`,
    })
  }
  return { rules: tagRulesOf(upstream, first), line: meant.length === 1 ? lineKey(first) : null }
}
