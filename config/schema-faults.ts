import type { z } from 'zod'
import type { Fault } from './fault.ts'
import type { LocatedFault } from './located-fault.ts'
import { nearest } from './nearest.ts'
import { configSchema } from './schema.ts'
import type { Path } from './source-map.ts'

type Issue = z.core.$ZodIssue

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
}

/** What the schema says about a document, in our words. */
export function schemaFaults(value: unknown): readonly LocatedFault[] {
  const result = configSchema.safeParse(value)
  return result.success ? [] : result.error.issues.flatMap((issue) => issueFaults(issue, issue.path, value))
}

function issueFaults(issue: Issue, path: Path, root: unknown): readonly LocatedFault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path))
    case 'invalid_union':
      return unionFaults(issue, path, root)
    case 'invalid_type':
      return [typeFault([issue.expected], path, root)]
    case 'invalid_value':
      return [choiceFault(issue.values.map(String), path, root)]
    case 'too_small':
      return [
        at(path, { kind: 'bad-value', message: 'this is too small', expected: `at least ${issue.minimum}` }),
      ]
    case 'too_big':
      return [
        at(path, { kind: 'bad-value', message: 'this is too large', expected: `at most ${issue.maximum}` }),
      ]
    case 'custom':
      return [at(path, { kind: 'bad-value', ...issue.params, message: issue.message })]
    default:
      return [at(path, { kind: 'bad-value', message: issue.message })]
  }
}

/** Reports the alternative that was meant: the one whose outer type fits what stands there. */
function unionFaults(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  root: unknown,
): readonly LocatedFault[] {
  const isOuterType = (inner: Issue) => inner.code === 'invalid_type' && inner.path.length === 0
  const meant = issue.errors.find((errors) => !errors.some(isOuterType))
  if (meant) return meant.flatMap((inner) => issueFaults(inner, [...path, ...inner.path], root))
  const expected = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []))
  return [typeFault(expected, path, root)]
}

function typeFault(expected: readonly string[], path: Path, root: unknown): LocatedFault {
  const value = valueAt(root, path)
  const names = expected.map((name) => typeNames[name] ?? name).join(' or ')
  if (value === undefined) {
    return at(path, {
      kind: 'missing',
      message: `\`${String(path.at(-1) ?? 'everything')}\` is missing`,
      expected: names,
    })
  }
  const quotes = expected.includes('string') && ['number', 'boolean'].includes(typeof value)
  return at(path, {
    kind: 'wrong-type',
    message: 'this has the wrong type',
    expected: names,
    ...(quotes ? { hint: 'Put it in quotes to make it text.' } : {}),
  })
}

function choiceFault(choices: readonly string[], path: Path, root: unknown): LocatedFault {
  const value = valueAt(root, path)
  const near = typeof value === 'string' ? nearest(value, choices) : null
  return at(path, {
    kind: 'bad-value',
    message: 'this is none of the choices',
    expected: choices.map((choice) => `\`${choice}\``).join(' or '),
    ...(near ? { hint: `Did you mean \`${near}\`?` } : {}),
  })
}

function unknownKey(key: string, parent: Path): LocatedFault {
  const known = knownKeys(configSchema, parent)
  const near = nearest(key, known)
  return {
    kind: 'unknown-key',
    path: [...parent, key],
    at: 'key',
    message: 'there is no such key',
    expected: known.map((name) => `\`${name}\``).join(', '),
    ...(near ? { hint: `Did you mean \`${near}\`?` } : {}),
  }
}

/** The keys that a mapping at this path may have. */
function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  const [first, ...rest] = path
  switch (def.type) {
    case 'object': {
      if (first === undefined) return Object.keys(def.shape)
      const inner = def.shape[String(first)]
      return inner ? knownKeys(inner, rest) : []
    }
    case 'record':
      return first === undefined ? [] : knownKeys(def.valueType, rest)
    case 'array':
      return first === undefined ? [] : knownKeys(def.element, rest)
    case 'union':
      return def.options.flatMap((option) => knownKeys(option, path))
    case 'optional':
    case 'default':
    case 'prefault':
      return knownKeys(def.innerType, path)
    default:
      return []
  }
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = (value as Record<PropertyKey, unknown>)[segment]
  }
  return value
}

function at(path: Path, fault: Fault): LocatedFault {
  return { ...fault, path, at: 'value' }
}
