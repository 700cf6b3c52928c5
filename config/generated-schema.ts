import { z } from 'zod'
import { text } from './fields.ts'

const command = (description: string) => text({ description, examples: ['npm install --package-lock-only'] })

const choices = 'a command, `{ run: … }` or `{ take: upstream | ours }`'

const choice = z
  .strictObject({
    run: command('A shell command that makes them again.').optional(),
    take: z
      .enum(['upstream', 'ours'])
      .optional()
      .meta({ description: 'Whose files are taken: always the target’s, or always the patch’s.' }),
  })
  .check((context) => {
    const { run, take } = context.value
    if ((run === undefined) !== (take === undefined)) return
    const message =
      run === undefined ? 'there is neither `run` nor `take`' : 'there are both `run` and `take`'
    const params = { kind: 'bad-value', expected: choices }
    context.issues.push({ code: 'custom', input: context.value, path: [], message, params, continue: true })
  })

/** Generated files by pattern; the patterns are checked in generated-faults.ts, as names are in name-faults.ts. */
export const generated = z
  .record(
    z.string(),
    z.union([command('A shell command that makes them again.'), choice]).meta({
      description:
        'The files of this pattern (as Git’s `:(glob)`, from the top of the repository): a command that makes them again after the replay, or which side is taken.',
    }),
  )
  .meta({
    description: 'Generated files, which never stop a replay, by pattern; the first that fits counts.',
  })
