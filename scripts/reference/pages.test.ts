import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { errorTable } from '../../domain/errors.ts'
import { pageFile, pages } from './pages.ts'

describe('the reference', () => {
  it.each(Object.entries(pages))('has %s committed as it is made from the code', async (name, render) => {
    expect(await readFile(pageFile(name), 'utf8'), 'run `npm run reference`').toBe(render())
  })

  it('names every error', () => {
    for (const name of Object.keys(errorTable)) expect(pages['errors.md']?.()).toContain(name)
  })
})
