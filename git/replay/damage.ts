import { UndriftError } from '../../domain/errors.ts'

const whole =
  'Fetch all of it, without `--filter`: a partial clone lacks what a replay needs. `git fsck` names what is missing.'
const sound = '`git fsck` names what is damaged; clone it anew.'

/** How git, and our own reader, say that an object is not there or is none; `$1` is the object. */
const signs: readonly (readonly [RegExp, string, string])[] = [
  [/object ([0-9a-f]{40,64})\b.* is corrupt/, 'The object $1 of the repository is damaged.', sound],
  [
    /(?:empty filename|malformed mode) in tree entry|too-short tree (?:object|file)/,
    'A tree of the repository is malformed: $&.',
    sound,
  ],
  [
    /(?:unable to read|could not read|bad|missing)(?: [a-z]+)* ([0-9a-f]{40,64})/,
    'The repository lacks the object $1.',
    whole,
  ],
  [/Object ([0-9a-f]{40,64}) is missing/, 'The repository lacks the object $1.', whole],
]

/**
 * Says of a failure for want of a sound object what is wrong with the repository: nothing that is given to a plan can
 * make up for it, and trying again does not help. Every other error passes as it is.
 */
export function nameDamage(error: unknown): never {
  if (error instanceof UndriftError && error.code === 'UNDRIFT_E_GIT') {
    for (const [sign, sentence, hint] of signs) {
      const match = sign.exec(error.message)
      if (match)
        throw new UndriftError('UNDRIFT_E_STACK', match[0].replace(sign, sentence), { cause: error, hint })
    }
  }
  throw error
}
