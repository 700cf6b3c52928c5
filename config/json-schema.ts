import { z } from 'zod'
import { configSchema } from './schema.ts'

/** The JSON Schema of `undrift.yaml` as a person writes it, defaults not yet filled in. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, { io: 'input' })
}
