import { z } from 'zod'
import { nextAllowed } from '../domain/next-allowed.ts'
import { parseQuietHours, quietHoursForm, quietHoursProblem } from '../domain/quiet-hours.ts'
import { stepRules } from '../domain/settings.ts'
import { parseDuration } from './duration.ts'
import { branch, expression, tagPrefix, tagScheme, text, versionRange } from './fields.ts'

const nearer = 'The nearest counts: a line’s, the fork’s, the upstream’s.'

/** The rules for tags, each of which may be left out: what a fork or a line changes of what stands above it. */
export const tagFields = {
  prefix: tagPrefix('What stands before the version in a tag.'),
  prereleases: z.boolean().meta({ description: 'Whether pre-releases count as releases.' }),
  match: expression('match', 'A regular expression that a tag must hold a match of.'),
  ignore: expression('ignore', 'A regular expression; a tag that holds a match of it is left out.'),
  scheme: tagScheme('How the rest of the tag is read as a version.'),
  build: z.enum(['numeric']).meta({
    description:
      'For `scheme: semver`: whether build metadata orders versions of one precedence, so that `+k3s10` comes after `+k3s2`.',
  }),
  range: versionRange("The versions that are taken, as a range in npm's syntax."),
} as const

/** What may be said of the choice of releases on an upstream, a fork and a line. */
export const choosing = {
  step: z
    .enum(stepRules)
    .optional()
    .meta({
      description: `Of several new releases: \`latest\` takes the newest, \`each\` one after the other, \`each-minor\` the newest of each minor, one after the other. ${nearer}`,
    }),
  minimumAge: text(
    {
      description: `How old a release must be before it is taken; \`0s\` for no age. ${nearer}`,
      pattern: '^[0-9]{1,9}[smhd]$',
      examples: ['3d', '12h'],
    },
    (value) =>
      value === '0s' || parseDuration(value) !== null
        ? null
        : {
            kind: 'bad-duration',
            message: 'this is not a duration',
            expected: 'a whole number and s, m, h or d, from 0s to 365d',
          },
  ).optional(),
  quiet: z
    .array(
      text(
        { description: 'When nothing starts.', examples: ['Mon-Fri 08:00-18:00 Europe/Berlin'] },
        (value) => {
          const problem = quietHoursProblem(value)
          return problem === null
            ? null
            : { kind: 'bad-value', message: `these are no quiet hours: ${problem}`, expected: quietHoursForm }
        },
      ),
    )
    .check((context) => {
      const rules = context.value.flatMap((value) => parseQuietHours(value) ?? [])
      if (nextAllowed(Date.UTC(2026, 0, 1), rules) !== null) return
      const message = 'these quiet hours never end, so that nothing would ever start'
      const params = { kind: 'bad-value', hint: 'To let nothing start for a while: undrift hold' }
      context.issues.push({ code: 'custom', input: context.value, message, params, continue: true })
    })
    .optional()
    .meta({ description: `Hours during which nothing is started; \`[]\` for none. ${nearer}` }),
} as const

const tagChanges = z
  .strictObject(tagFields)
  .partial()
  .meta({ description: 'Which tags count as releases; what is left out stays as it is above.' })

/** What a fork changes of its upstream's rules. */
export const forkChoosing = { tags: tagChanges.optional(), ...choosing } as const

/** One maintained branch with rules of its own. */
export function lineSchema<V extends z.ZodType>(verify: V) {
  return z
    .strictObject({ branch: branch('The maintained branch of this line.'), ...forkChoosing, verify })
    .meta({ description: 'A maintained branch with a tag rule of its own.' })
}

/** Seconds of a minimum age that the schema took. */
export function ageSeconds(value: string): number {
  return parseDuration(value) ?? 0
}

/** Quiet hours that the schema took. */
export function readQuiet(values: readonly string[]) {
  return values.flatMap((value) => parseQuietHours(value) ?? [])
}
