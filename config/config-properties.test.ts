import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseConfig } from './parse-config.ts'
import type { ConfigProblem } from './problem.ts'
import { renderProblems } from './render-problems.ts'
import { example } from './testing-example.ts'

function problems(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, 'undrift.yaml')
  return parsed.kind === 'invalid' ? parsed.problems : []
}

describe('any config', () => {
  it('never makes the reader fall, whatever stands in it, and every place lies inside the file', () => {
    const key = fc.constantFrom(
      'upstreams',
      'forks',
      'network',
      'git',
      'url',
      'remotes',
      'verify',
      'to',
      'publish',
      '__proto__',
      'x',
    )
    const { document } = fc.letrec((tie) => ({
      document: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('document'), { maxLength: 3 }),
        fc.dictionary(key, tie('document'), { maxKeys: 4 }),
      ),
    }))
    const anyText = fc.oneof(
      document.map((value) => stringify(value)),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseConfig(text, 'undrift.yaml')
        if (parsed.kind === 'ok') return
        const lines = text.split('\n')
        expect(parsed.problems.length).toBeGreaterThan(0)
        for (const problem of parsed.problems) {
          expect(problem.line).toBeLessThanOrEqual(lines.length)
          expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1] ?? '').length + 1)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('never shows a secret again, wherever it was planted', () => {
    const secret = 'hunter2-Tr0ub4dor'
    const places = [
      (text: string) =>
        text.replace('https://github.com/openai/codex.git', `https://me:${secret}@github.com/x`),
      (text: string) =>
        text.replace(
          'https://github.com/openai/codex.git',
          `{ url: "https://x.example/y", token: ${secret} }`,
        ),
      (text: string) =>
        text.replace(
          'https://github.com/openai/codex.git',
          `{ url: "https://x.example/y", token: |\n      ${secret} }`,
        ),
      (text: string) => text.replace('git@github.com:me', `me:${secret}@github.com:me`),
      (text: string) => text.replace('poll: 10m', `poll: ten\n    token: "${secret}"`),
      (text: string) => text.replace('poll: 10m', `poll: ten\n    password: ${secret}`),
      (text: string) => text.replace('releases.atom', `releases.atom?private_token=${secret}`),
      (text: string) => text.replace('npm ci', `"curl -H 'Authorization: Bearer ${secret}'"`),
    ]
    const breakers = [
      (text: string) => text,
      (text: string) => text.replace('branch: main', 'branch: [main'),
      (text: string) => text.replace('poll:', 'pol:'),
      (text: string) => text.replace('forks:', 'forks'),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...breakers), (plant, spoil) => {
        const found = problems(spoil(plant(example)))
        expect(found.length).toBeGreaterThan(0)
        expect(JSON.stringify(found)).not.toContain(secret)
        expect(renderProblems(found, { color: true })).not.toContain(secret)
      }),
    )
  })
})
