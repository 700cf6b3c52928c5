import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { nearest } from '../../config/nearest.ts'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { type AttemptSettings, tagPolicies } from '../../domain/settings.ts'
import { isOid } from '../../git/mirror/queries.ts'
import { carryEverything, type StackPolicy, stackPolicy } from '../../git/stack/policy.ts'
import type { CommandInput } from './command.ts'
import type { Context } from './context.ts'

/**
 * The stack policy of `--policy`, `--exclude`, `--drop`, `--squash-author` and `--upstream-prs`, on top of the fork's
 * rules where a config has some.
 */
export async function planPolicy(
  context: Context,
  options: CommandInput['options'],
  settings: AttemptSettings | null,
): Promise<StackPolicy> {
  const rules = settings === null ? carryEverything : stackPolicy(settings)
  return {
    ...rules,
    tags: tagPolicy(options.policy, rules.tags),
    exclude: [...rules.exclude, ...list(options.exclude)],
    drop: list(options.drop),
    squashAuthors: [...rules.squashAuthors, ...list(options.squashAuthor).map(emailOf)],
    upstreamPrs:
      typeof options.upstreamPrs === 'string' ? await readPrs(context, options.upstreamPrs) : new Map(),
  }
}

function tagPolicy(value: unknown, otherwise: StackPolicy['tags']): StackPolicy['tags'] {
  if (value === undefined) return otherwise
  const policy = tagPolicies.find((each) => each === value)
  if (policy) return policy
  const near = nearest(String(value), tagPolicies)
  throw new UndriftError('UNDRIFT_E_USAGE', `There is no policy \`${String(value)}\`.`, {
    hint: near === null ? `The policies are: ${tagPolicies.join(', ')}.` : `Did you mean \`${near}\`?`,
  })
}

/** The address alone, also where it stands in angle brackets as Git shows it. */
function emailOf(text: string): string {
  const email = /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text.trim()
  if (/^[^\s<>@]+@[^\s<>@]+$/.test(email)) return email
  throw new UndriftError('UNDRIFT_E_USAGE', `"${text}" is no e-mail address.`, {
    hint: 'Give the address of the bot as its commits have it: `git log --format=%ae`.',
  })
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

async function readPrs(context: Context, path: string): Promise<ReadonlyMap<number, Oid>> {
  const wrong = (what: string, cause?: unknown) =>
    new UndriftError('UNDRIFT_E_INPUT', `--upstream-prs ${path}: ${what}.`, {
      cause,
      hint: 'Write a JSON object from pull request numbers to merge commit ids.',
    })
  const text = await readFile(resolve(context.cwd, path), 'utf8').catch((cause: unknown) => {
    throw wrong('it cannot be read', cause)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw wrong('it is no JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('it is no object')
  return new Map(
    Object.entries(value).map(([number, oid]: [string, unknown]) => {
      if (!/^[1-9]\d{0,8}$/.test(number)) throw wrong(`"${number}" is no pull request's number`)
      if (typeof oid !== 'string' || !isOid(oid)) throw wrong(`the value of ${number} is no whole object id`)
      return [Number(number), oid] as const
    }),
  )
}
