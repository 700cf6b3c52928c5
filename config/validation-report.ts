import type { ParsedConfig } from './parse-config.ts'
import type { ConfigProblem } from './problem.ts'

/** The shape of `undrift validate --json`. */
export interface ValidationReport {
  readonly version: 1
  readonly file: string
  readonly valid: boolean
  /** Names; empty when the file is not valid. */
  readonly upstreams: readonly string[]
  readonly forks: readonly string[]
  readonly problems: readonly ConfigProblem[]
}

export function validationReport(file: string, parsed: ParsedConfig): ValidationReport {
  const config = parsed.kind === 'ok' ? parsed.config : null
  return {
    version: 1,
    file,
    valid: config !== null,
    upstreams: config?.upstreams.map(({ name }) => name) ?? [],
    forks: config?.forks.map(({ name }) => name) ?? [],
    problems: parsed.kind === 'ok' ? [] : parsed.problems,
  }
}
