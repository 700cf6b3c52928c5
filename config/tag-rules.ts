import { UndriftError } from '../domain/errors.ts'
import type { TagRules } from '../domain/settings.ts'
import { readExpression } from '../domain/version/find-scheme.ts'
import { tagReader } from '../domain/version/tag-reader.ts'

/** What is wrong with the rules for tags, as a sentence's part; null for nothing. */
export function rulesProblem(rules: Omit<Partial<TagRules>, 'prefix' | 'prereleases'>): string | null {
  return problemOf(() => tagReader({ prefix: '', prereleases: false, ...rules }, { positionOf: () => 0 }))
}

/** The same of a regular expression of this name. */
export function expressionProblem(field: string, source: string): string | null {
  return problemOf(() => readExpression(field, source))
}

function problemOf(read: () => unknown): string | null {
  try {
    read()
    return null
  } catch (error) {
    if (error instanceof UndriftError) return error.message.replace(/\.$/, '')
    throw error
  }
}
