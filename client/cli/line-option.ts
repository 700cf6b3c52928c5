import type { WantedLine } from '../../config/attempt-settings.ts'

/** Which line `--line` means, for a release where one is named. */
export function lineOption(line: unknown, tag?: string): WantedLine {
  return { ...(typeof line === 'string' ? { line } : {}), ...(tag === undefined ? {} : { tag }) }
}
