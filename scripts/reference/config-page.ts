import { jsonSchema, policyJsonSchema } from '../../config/json-schema.ts'
import { code, generatedNote, markdownTable } from './markdown.ts'

/** The parts of JSON Schema that the schema of the config uses. */
interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | false
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly examples?: readonly string[]
}

interface Row {
  readonly path: string
  readonly schema: Schema
  readonly required: boolean
}

/** Every key of `undrift.yaml`. */
export function configPage(): string {
  return `${generatedNote}

# The config: \`undrift.yaml\`

\`undrift validate\` checks a file without a server, and names every mistake at once with its line. Unknown keys are
refused. The same as a [JSON Schema](../../schema/undrift.schema.json), for editors:

\`\`\`yaml
# yaml-language-server: $schema=<path to>/schema/undrift.schema.json
\`\`\`

Names of upstreams, forks and remotes are at most 40 lower-case letters, digits, \`.\`, \`_\` and \`-\`, a letter or digit
first. A secret never stands in the file: write its name, \`env:NAME\`, and set NAME in the environment of whoever needs
it: the worker of the role \`git\` for repositories, that of \`control\` for feeds, \`undrift webhook\` for webhooks.

${keyTable(jsonSchema() as Schema)}
`
}

/** Every key of `worker.yaml`. */
export function policyPage(): string {
  return `${generatedNote}

# The policy of a worker: \`worker.yaml\`

What a worker does at most, whatever the settings ask for and whoever signed them. It lies in the data folder, or where
\`undrift worker --policy FILE\` says. \`undrift up\`, \`apply\` and \`run\` write the narrowest one that the config needs, and
write it again when the config changes, as long as its first line says that undrift wrote it. It is read again whenever it
changes. The same as a [JSON Schema](../../schema/worker.schema.json), for editors. [Why so](../decisions/worker-policy.md).

\`\`\`yaml
roles: [git, verify]
remotes: [https://github.com/openai/, https://github.com/me/codex.git]
secrets:
  env:GITHUB_TOKEN: [github.com]
\`\`\`

${keyTable(policyJsonSchema() as Schema)}
`
}

function keyTable(root: Schema): string {
  const rows = rowsOf(root, '').map(({ path, schema, required }) => [
    code(path),
    typeOf(schema),
    schema.default === undefined ? (required ? 'required' : '') : code(JSON.stringify(schema.default)),
    schema.description ?? '',
    (schema.examples ?? []).map(code).join(', '),
  ])
  return markdownTable(['key', 'what', 'default', 'meaning', 'examples'], rows)
}

function rowsOf(schema: Schema, path: string): readonly Row[] {
  const required = new Set(schema.required ?? [])
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`
    return [{ path: at, schema: inner, required: required.has(key) }, ...rowsOf(inner, at)]
  })
  const named = schema.additionalProperties ? namedRows(schema.additionalProperties, `${path}.<name>`) : []
  const listed = schema.items?.properties ? rowsOf(schema.items, `${path}[]`) : []
  return [...own, ...named, ...listed, ...(schema.anyOf ?? []).flatMap((option) => rowsOf(option, path))]
}

/** An entry under a name of the operator's own: itself a row, save where it only holds others. */
function namedRows(schema: Schema, path: string): readonly Row[] {
  const inner = rowsOf(schema, path)
  return schema.properties ? inner : [{ path, schema, required: false }, ...inner]
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.enum) return schema.enum.map(code).join(' or ')
  if (schema.type === 'array') return 'list'
  if (schema.type === 'object') return 'mapping'
  if (schema.type === 'boolean') return 'true or false'
  return schema.type === 'string' ? 'text' : 'whole number'
}
