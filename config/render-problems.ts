import { styleText } from 'node:util'
import type { ConfigProblem } from './problem.ts'

/** All problems for a person, one after the other, with a closing count. */
export function renderProblems(
  problems: readonly ConfigProblem[],
  options: { readonly color: boolean },
): string {
  const paint = (format: 'bold' | 'red' | 'cyan', text: string) =>
    options.color ? styleText(format, text, { validateStream: false }) : text
  const blocks = problems.map((problem) => {
    const place = `${problem.file}:${problem.line}:${problem.column}`
    const lines = [`${paint('bold', place)}: ${paint('red', problem.message)}`, problem.frame]
    if (problem.path) lines.push(`  at ${problem.path}`)
    if (problem.found) lines.push(`  found: ${problem.found}`)
    if (problem.expected) lines.push(`  expected: ${problem.expected}`)
    if (problem.hint) lines.push(`  ${paint('cyan', problem.hint)}`)
    return lines.join('\n')
  })
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return [...blocks, count].join('\n\n')
}
