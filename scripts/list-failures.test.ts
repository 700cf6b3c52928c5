import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeFolder, type TestFolder } from '../git/testing.ts'

let folder: TestFolder
beforeAll(() => {
  folder = makeFolder()
})
afterAll(() => folder.remove())

/** What the script says of a report. */
function list(report: unknown): string {
  const file = join(folder.path, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  return execFileSync(process.execPath, ['scripts/list-failures.ts', file], { encoding: 'utf8' })
}

it('names each failed test, with the beginning of its message', () => {
  const message = Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n')
  const assertionResults = [
    { fullName: 'a plan holds', status: 'failed', failureMessages: [message] },
    { fullName: 'a plan stands', status: 'passed', failureMessages: [] },
  ]
  const said = list({
    testResults: [{ name: 'git/plan.test.ts', status: 'failed', message: '', assertionResults }],
  })
  expect(said).toContain('FAILED git/plan.test.ts: a plan holds\n    line 0\n')
  expect(said).toContain('… 20 more lines')
  expect(said).not.toContain('stands')
})

it('names a file that could not be loaded', () => {
  const broken = {
    name: 'git/plan.test.ts',
    status: 'failed',
    message: 'Cannot find module',
    assertionResults: [],
  }
  expect(list({ testResults: [broken] })).toContain('FAILED git/plan.test.ts\n    Cannot find module')
})

it('names scenarios and hostile cases that failed', () => {
  expect(
    list({
      scenarios: [
        { scenario: 'clean', passed: true, failure: null },
        { scenario: 'dry-run', passed: false, failure: 'no candidate' },
      ],
    }),
  ).toBe('\nFAILED dry-run\n    no candidate\n')
  expect(list({ cases: [{ name: 'flood', outcome: 'not stopped', by: 'nothing' }] })).toBe(
    '\nFAILED flood\n    nothing\n',
  )
})
