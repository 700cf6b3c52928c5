import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { jsonSchema, policyJsonSchema } from './json-schema.ts'

it.each([
  ['undrift', jsonSchema],
  ['worker', policyJsonSchema],
])('is committed as it is exported: %s', async (name, make) => {
  const committed = await readFile(new URL(`../schema/${name}.schema.json`, import.meta.url), 'utf8')
  expect(committed, 'run `npm run schema`').toBe(`${JSON.stringify(make(), null, 2)}\n`)
})

it('refuses unknown keys at every level', () => {
  const open: string[] = []
  JSON.stringify(jsonSchema(), (key, value) => {
    if (value?.type === 'object' && value.additionalProperties === undefined) open.push(key)
    return value
  })
  expect(open).toEqual([])
})
