import type { ConfigWarning } from '../../../config/config-warnings.ts'
import type { Style } from '../style.ts'
import { oneLine } from './table.ts'

/** What a valid config will stumble over, a warning and its fix a line. */
export function renderWarnings(warnings: readonly ConfigWarning[], style: Style): string {
  return warnings
    .map(
      ({ key, message, fix }) =>
        `${style.yellow('warning:')} ${oneLine(key)}: ${oneLine(message)}\n  ${oneLine(fix)}`,
    )
    .join('\n')
}
