import { describe, expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'
import type { ConfigProblem } from './problem.ts'
import { renderProblems } from './render-problems.ts'
import { example } from './testing-example.ts'

function problems(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, 'undrift.yaml')
  return parsed.kind === 'invalid' ? parsed.problems : []
}

describe('a hostile config', () => {
  it('is not shown the secret of a webhook, even in a file that cannot be read', () => {
    for (const end of ['', '\nforks: [']) {
      const text = `${example.replace('poll: 10m', 'webhook: hunter2').replace('forks:', 'froks:')}${end}`
      expect(renderProblems(problems(text), { color: false })).not.toContain('hunter2')
    }
  })

  it('cannot fill the memory with aliases', () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x]']
    for (let level = 1; level < 12; level++) {
      bomb.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(',')}]`,
      )
    }
    expect(problems(bomb.join('\n'))).toMatchObject([
      { kind: 'syntax', message: 'the aliases multiply too often' },
    ])
  })

  it('cannot move the cursor of a terminal', () => {
    const text = renderProblems(problems(`"\\e[2Jx": 1\n\u001b[31mbad: [\u202e]\n`), { color: false })
    expect(text).not.toMatch(/[\u001b\u202e]/)
  })
})
