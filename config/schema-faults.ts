import { z } from 'zod'
import type { Fault } from './fault.ts'
import type { LocatedFault } from './located-fault.ts'
import { nearest } from './nearest.ts'
import { knownKeys, schemasAt } from './schema-walk.ts'
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

/** A document and the schema that it must follow. */
interface Checked {
  readonly value: unknown
  readonly schema: z.ZodType
}

/** What a schema says about a document, in our words. */
export function schemaFaults(value: unknown, schema: z.ZodType): readonly LocatedFault[] {
  const result = schema.safeParse(value)
  if (result.success) return []
  return result.error.issues.flatMap((issue) => issueFaults(issue, issue.path, { value, schema }))
}

function issueFaults(issue: Issue, path: Path, root: Checked): readonly LocatedFault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, root.schema))
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
  root: Checked,
): readonly LocatedFault[] {
  const isOuterType = (inner: Issue) => inner.code === 'invalid_type' && inner.path.length === 0
  const meant = issue.errors.find((errors) => !errors.some(isOuterType))
  if (meant) return meant.flatMap((inner) => issueFaults(inner, [...path, ...inner.path], root))
  const expected = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []))
  return [typeFault(expected, path, root)]
}

function typeFault(expected: readonly string[], path: Path, root: Checked): LocatedFault {
  const value = valueAt(root.value, path)
  const names = expected.map((name) => typeNames[name] ?? name).join(' or ')
  const example = schemasAt(path, root.schema).flatMap(
    (schema) => z.globalRegistry.get(schema)?.examples ?? [],
  )[0]
  const fault = {
    expected: typeof example === 'string' ? `${names}, such as \`${example}\`` : names,
    ...hintFor(value, { path, schema: root.schema }, expected),
  }
  if (value === null && path.length === 0)
    return at(path, { ...fault, kind: 'missing', message: 'the file is empty' })
  if (value !== undefined)
    return at(path, { ...fault, kind: 'wrong-type', message: 'this has the wrong type' })
  return at(path, { ...fault, kind: 'missing', message: `\`${String(path.at(-1))}\` is missing` })
}

function hintFor(
  value: unknown,
  at: { readonly path: Path; readonly schema: z.ZodType },
  expected: readonly string[],
): { readonly hint?: string } {
  if (value === undefined) return {}
  if (fitsAsText(value, at)) return { hint: 'Put it in quotes to make it text.' }
  if (typeof value !== 'string' || !expected.includes('array')) return {}
  return { hint: `Put it in brackets to make it a list: \`${String(at.path.at(-1))}: [ … ]\`.` }
}

/** Whether quotes alone would mend it. */
function fitsAsText(
  value: unknown,
  { path, schema: root }: { readonly path: Path; readonly schema: z.ZodType },
): boolean {
  if (typeof value !== 'number' && typeof value !== 'boolean') return false
  return schemasAt(path, root).some((schema) => z.safeParse(schema, String(value)).success)
}

function choiceFault(choices: readonly string[], path: Path, root: Checked): LocatedFault {
  const value = valueAt(root.value, path)
  const near = typeof value === 'string' ? nearest(value, choices) : null
  return at(path, {
    kind: 'bad-value',
    message: 'this is none of the choices',
    expected: choices.map((choice) => `\`${choice}\``).join(' or '),
    ...(near ? { hint: `Did you mean \`${near}\`?` } : {}),
  })
}

function unknownKey(key: string, parent: Path, schema: z.ZodType): LocatedFault {
  const known = knownKeys(parent, schema)
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
