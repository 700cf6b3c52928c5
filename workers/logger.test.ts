import { afterEach, expect, it, vi } from 'vitest'
import { createLogger } from './logger.ts'
import { temporalLogger } from './temporal-logger.ts'

afterEach(() => void vi.restoreAllMocks())

function linesOf(say: () => void): string {
  let text = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    text += String(line)
    return true
  })
  say()
  return text
}

it('says of an activity that failed which it was and why, and nothing that the SDK says of itself', () => {
  const written = linesOf(() => {
    temporalLogger(createLogger({}, 'control')).warn('Activity failed', {
      sdkComponent: 'worker',
      taskToken: 'c2VjcmV0',
      workflowId: 'watch/codex',
      attempt: 2,
      error: new Error('feed-http-503: The feed answers with the status 503.'),
    })
  })
  expect(written).toMatch(
    /^\d\d:\d\d:\d\d warn control: Activity failed workflowId="watch\/codex" attempt=2 \(feed-http-503: .*\)\n$/,
  )
})
