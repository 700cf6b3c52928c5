import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { registry } from './client/cli/registry.ts'
import { parseConfig } from './config/parse-config.ts'
import { renderProblems } from './config/render-problems.ts'
import { needs } from './domain/attempt.ts'
import { possibleAnswers } from './domain/interventions.ts'
import { searchAttributeNames } from './workflows/messages.ts'

const root = dirname(fileURLToPath(import.meta.url))
const files = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort()
const pages = files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const)

/** The fenced blocks of a page in one of the languages. */
function blocks(text: string, ...languages: readonly string[]): readonly string[] {
  return [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)]
    .filter(([, , language]) => languages.includes(language ?? ''))
    .map(([, , , body]) => body ?? '')
}

describe.each(pages)('%s', (file, text) => {
  it('links to files that are there', () => {
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '')
    const local = targets.filter((target) => !/^[a-z]+:/.test(target))
    expect(local.filter((target) => !existsSync(join(root, dirname(file), target)))).toEqual([])
  })

  it('shows only configs that are valid', () => {
    const configs = blocks(text, 'yaml').filter((body) => /^upstreams:/m.test(body))
    for (const config of configs) {
      const parsed = parseConfig(config, file)
      expect(parsed.kind === 'invalid' ? renderProblems(parsed.problems, { color: false }) : '').toBe('')
    }
  })

  it('shows only commands that there are', () => {
    const shown = blocks(text, 'sh').flatMap((body) =>
      [...body.matchAll(/(?:^|[;&|=] *|…\s)undrift(?:-apply)? ([a-z]+)/gm)].map(([, name]) => name),
    )
    const known = registry.map(({ name }) => name)
    expect(shown.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })
})

function page(name: string): string {
  return pages.find(([file]) => file === name)?.[1] ?? ''
}

it('lists every command in the README', () => {
  const table = page('README.md').split('## Commands')[1]?.split('\n## ')[0] ?? ''
  expect(registry.map(({ name }) => name).filter((name) => !table.includes(`\`${name}\``))).toEqual([])
})

it('names every search attribute where messages and workers are explained', () => {
  for (const name of Object.values(searchAttributeNames)) {
    expect(page('docs/guides/messages.md')).toContain(name)
    expect(page('docs/guides/workers-elsewhere.md')).toContain(name)
  }
})

it('tells for each answer to an attempt which needs it settles', () => {
  const rows = Object.fromEntries(
    [...page('docs/guides/messages.md').matchAll(/^\| `(\w+)` \|[^|]*\| ([^|]*) \|$/gm)].map(
      ([, name, where]) => [name, where],
    ),
  )
  for (const name of ['resume', 'approve'] as const) {
    expect(rows[name]?.split(', ')).toEqual(needs.filter((need) => possibleAnswers(need).includes(name)))
  }
  const butRetry = needs.filter((need) => !possibleAnswers(need).includes('retry'))
  expect(rows.retry).toBe(`all needs but ${butRetry.join(', ')}`)
})
