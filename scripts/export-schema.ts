import { writeFile } from 'node:fs/promises'
import { jsonSchema } from '../config/json-schema.ts'

/** Writes the JSON Schema of `undrift.yaml` for editors. */
const file = new URL('../schema/undrift.schema.json', import.meta.url)
await writeFile(file, `${JSON.stringify(jsonSchema(), null, 2)}\n`)
