import { writeFile } from 'node:fs/promises'
import { jsonSchema, policyJsonSchema } from '../config/json-schema.ts'

/** Writes the JSON Schemas of `undrift.yaml` and `worker.yaml` for editors. */
for (const [name, schema] of [
  ['undrift', jsonSchema()],
  ['worker', policyJsonSchema()],
] as const) {
  const file = new URL(`../schema/${name}.schema.json`, import.meta.url)
  await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`)
}
