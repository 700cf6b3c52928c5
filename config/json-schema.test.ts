import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { jsonSchema } from './json-schema.ts'

it('is committed as it is exported', async () => {
  const committed = await readFile(new URL('../schema/undrift.schema.json', import.meta.url), 'utf8')
  expect(committed, 'run `npm run schema`').toBe(`${JSON.stringify(jsonSchema(), null, 2)}\n`)
})

it('refuses unknown keys at every level', () => {
  const open: string[] = []
  JSON.stringify(jsonSchema(), (key, value) => {
    if (value?.type === 'object' && value.additionalProperties === undefined) open.push(key)
    return value
  })
  expect(open).toEqual([])
})
