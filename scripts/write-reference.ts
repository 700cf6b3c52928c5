import { writeFile } from 'node:fs/promises'
import { pageFile, pages } from './reference/pages.ts'

/** Writes the pages of docs/reference that are made from code. */
for (const [name, render] of Object.entries(pages)) await writeFile(pageFile(name), render())
