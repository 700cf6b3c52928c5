import { z } from 'zod'
import { policySchema } from './policy.ts'
import { configSchema } from './schema.ts'

/** The JSON Schema of `undrift.yaml` as a person writes it, defaults not yet filled in. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(configSchema, { io: 'input' })
}

/** The JSON Schema of `worker.yaml`. */
export function policyJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(policySchema, { io: 'input' })
}
