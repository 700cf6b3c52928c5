import { z } from 'zod'
import { branchProblem, refNameProblem } from '../domain/ref-name.ts'
import { parseDuration, parseSize } from './duration.ts'
import type { Fault } from './fault.ts'
import { feedUrlFault, gitUrlFault } from './git-url.ts'
import { allowProblem } from './network.ts'
import { expressionProblem, rulesProblem } from './tag-rules.ts'

interface FieldNotes {
  readonly description: string
  readonly examples?: readonly string[]
  /** For editors; the check decides. */
  readonly pattern?: string
}

/** A text with a check of our own and notes for the JSON Schema. */
export function text(notes: FieldNotes, check: (value: string) => Fault | null = notEmpty) {
  return z
    .string()
    .check((context) => {
      const fault = check(context.value)
      if (!fault) return
      const { message, ...params } = fault
      context.issues.push({ code: 'custom', input: context.value, message, params, continue: true })
    })
    .meta({ ...notes })
}

export const namePattern = '^[a-z0-9][a-z0-9._-]{0,39}$'

/** What is wrong with the name of an upstream, a fork, a line or a remote: it goes into workflow ids, refs and folders. */
export function nameFault(value: string): Fault | null {
  const expected = 'at most 40 lower-case letters, digits, `.`, `_` and `-`, a letter or digit first'
  if (!new RegExp(namePattern).test(value))
    return { kind: 'bad-name', message: 'this is not a name', expected }
  const problem = refNameProblem(`refs/${value}`)
  return problem ? { kind: 'bad-name', message: `the name ${problem}`, expected } : null
}

export function duration(description: string) {
  const pattern = '^[0-9]{1,9}[smhd]$'
  return text({ description, pattern, examples: ['30s', '10m', '6h', '1d'] }, (value) =>
    parseDuration(value) === null
      ? {
          kind: 'bad-duration',
          message: 'this is not a duration',
          expected: 'a whole number and s, m, h or d, from 1s to 365d',
        }
      : null,
  )
}

export function size(description: string) {
  const pattern = '^[0-9]{1,6} ?(kB|KB|MB|GB)$'
  return text({ description, pattern, examples: ['10MB'] }, (value) =>
    parseSize(value) === null
      ? { kind: 'bad-value', message: 'this is not a size', expected: 'a whole number and kB, MB or GB' }
      : null,
  )
}

/** What is wrong with the name of an environment variable. */
export function variableFault(value: string): Fault | null {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return null
  return {
    kind: 'bad-name',
    message: 'this is not the name of a variable',
    expected: 'letters, digits and `_`',
  }
}

/** What is wrong with the value of an environment variable: it is read by untrusted code, and no secret goes there. */
export function valueFault(value: string): Fault | null {
  if (value.includes('\0')) return { kind: 'bad-value', message: 'a value cannot hold a NUL' }
  if (!/^env:[A-Za-z_]/.test(value)) return null
  return {
    kind: 'secret',
    message: 'a secret is never handed to the commands of `verify`',
    expected: 'plain text',
    hint: 'Whatever upstream writes could read it.',
  }
}

export function gitUrl(description: string) {
  const examples = ['https://github.com/me/codex.git', 'git@github.com:me/codex.git', '/srv/git/codex.git']
  return text({ description, examples }, gitUrlFault)
}

export function feedUrl(description: string) {
  const examples = [
    'https://github.com/openai/codex/releases.atom',
    'git+https://github.com/openai/codex.git',
  ]
  return text({ description, examples }, feedUrlFault)
}

/** `holder` is the process whose environment holds the secret. */
export function secretName(description: string, holder = 'the git worker') {
  return text(
    { description, pattern: '^env:[A-Za-z_][A-Za-z0-9_]*$', examples: ['env:GITHUB_TOKEN'] },
    (value) =>
      /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(value)
        ? null
        : {
            kind: 'secret',
            message: 'this is not the name of a secret',
            expected: 'env:NAME, the name of an environment variable',
            hint: `A secret itself never stands in the config. Set NAME in the environment of ${holder}.`,
          },
  )
}

export function branch(description: string) {
  return text({ description, examples: ['main'] }, (value) => {
    const problem = branchProblem(value)
    return problem
      ? { kind: 'bad-ref', message: `the branch ${problem}`, expected: 'the name of a branch' }
      : null
  })
}

export function tagPrefix(description: string) {
  return text({ description, examples: ['v', 'rust-v'] }, (value) => {
    const problem = value === '' ? null : refNameProblem(`refs/tags/${value}1`)
    return problem ? { kind: 'bad-ref', message: `no tag can begin so: it ${problem}` } : null
  })
}

/** `field` is what a person is told about. */
export function expression(
  field: string,
  description: string,
  { examples = ['^v\\d', '-(linux|mac)$'] }: { readonly examples?: string[] } = {},
) {
  return text({ description, examples }, (value) => badRule(expressionProblem(field, value)))
}

export function tagScheme(description: string) {
  const examples = [
    'loose',
    'semver',
    'calver:YYYY.0M.MICRO',
    'debian',
    'pep440',
    'regex:^r(?<n>\\d+)$',
    'numeric',
    'commit',
  ]
  return text({ description, examples }, (value) => badRule(rulesProblem({ scheme: value })))
}

export function versionRange(description: string) {
  return text({ description, examples: ['>=1 <2', '1.x || 3.x'] }, (value) =>
    badRule(rulesProblem({ range: value })),
  )
}

function badRule(message: string | null): Fault | null {
  return message === null ? null : { kind: 'bad-value', message }
}

export function candidate(description: string) {
  return text({ description, examples: ['undrift/candidate/{tag}'] }, (value) => {
    const expected = 'a branch name with {tag}, and {fork} and {line} if you like'
    const unknown = /\{(?!(?:tag|fork|line)\})[^}]*\}?/.exec(value)
    if (unknown) return { kind: 'bad-ref', message: 'the candidate has an unknown placeholder', expected }
    if (!value.includes('{tag}'))
      return { kind: 'bad-ref', message: 'the candidate has no {tag} in it', expected }
    const problem = branchProblem(value.replaceAll(/\{(?:tag|fork|line)\}/g, 'x'))
    return problem ? { kind: 'bad-ref', message: `the candidate ${problem}`, expected } : null
  })
}

export function oidPrefix(description: string) {
  const pattern = '^[0-9a-fA-F]{4,64}$'
  return text({ description, pattern, examples: ['3fa1c2d9'] }, (value) =>
    new RegExp(pattern).test(value)
      ? null
      : {
          kind: 'bad-value',
          message: 'this is no beginning of an object id',
          expected: 'four to 64 hexadecimal digits, in quotes where they are all decimal',
        },
  )
}

export function emailAddress(description: string) {
  const pattern = '^[^<>\\s@]+@[^<>\\s@]+$'
  return text({ description, pattern, examples: ['bot@example.org'] }, (value) =>
    new RegExp(pattern).test(value)
      ? null
      : {
          kind: 'bad-value',
          message: 'this is no e-mail address',
          expected: 'an address, such as a@b.example',
        },
  )
}

export function allowEntry(description: string) {
  return text({ description, examples: ['git.corp.example', '127.0.0.0/8'] }, (value) => {
    const problem = allowProblem(value)
    return problem
      ? { kind: 'bad-value', message: `this ${problem}`, expected: 'a host name or a CIDR block' }
      : null
  })
}

export function committerPart(description: string, pattern: RegExp) {
  return text({ description }, (value) =>
    pattern.test(value) ? null : { kind: 'bad-value', message: 'Git takes no such name or address' },
  )
}

function notEmpty(value: string): Fault | null {
  return value.trim() === '' ? { kind: 'bad-value', message: 'this is empty' } : null
}
