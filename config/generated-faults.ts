import { globProblem } from '../domain/glob.ts'
import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf } from './loose.ts'

const expected = 'a path from the top of the repository, in which `*`, `?`, `[…]` and `**` may stand'

/** Which patterns of generated files cannot be taken. */
export function generatedFaults(document: unknown): readonly LocatedFault[] {
  return entriesOf(fieldOf(document, 'forks')).flatMap(([name, fork]) =>
    entriesOf(fieldOf(fork, 'generated')).flatMap(([pattern]): readonly LocatedFault[] => {
      const message = globProblem(pattern)
      if (message === null) return []
      const hint = hintFor(pattern)
      return [
        {
          kind: 'bad-value',
          path: ['forks', name, 'generated', pattern],
          at: 'key',
          message,
          expected,
          ...(hint === null ? {} : { hint }),
        },
      ]
    }),
  )
}

function hintFor(pattern: string): string | null {
  const bare = pattern.replace(/^(?:\.?\/)+|\/+$/g, '')
  if (bare === '' || globProblem(bare) !== null) return null
  return pattern.endsWith('/') ? `Write \`${bare}/**\` for all that is in it.` : `Write \`${bare}\`.`
}
