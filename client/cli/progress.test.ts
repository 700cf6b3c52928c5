import { expect, it } from 'vitest'
import type { AttemptStatus } from '../../workflows/messages.ts'
import { type Host, makeContext } from './context.ts'
import { makeProgress } from './progress.ts'

const oid = (digit: string) => digit.repeat(40)

function listen(changes: Partial<Host> = {}): { readonly host: Host; readonly said: () => string } {
  const said: string[] = []
  const host: Host = {
    cwd: '/',
    env: { HOME: '/' },
    signal: new AbortController().signal,
    stdoutIsTty: false,
    stderrIsTty: false,
    stdinIsTty: false,
    columns: 80,
    now: () => new Date(),
    writeOut: () => undefined,
    writeError: (text) => void said.push(text),
    ...changes,
  }
  return { host, said: () => said.join('') }
}

function status(changes: Partial<AttemptStatus>): AttemptStatus {
  const standing: Partial<AttemptStatus> = {
    phase: 'rebasing',
    reason: 'Replaying.',
    patches: [],
    checks: [],
    ...changes,
  }
  return standing as AttemptStatus
}

const replayed = status({
  phase: 'verifying',
  reason: 'Checking.',
  patches: [
    { oid: oid('a'), subject: 'One', verdict: 'unchanged', newOid: oid('b'), reason: '' },
    { oid: oid('c'), subject: 'Two\u001b[2J', verdict: 'merged', newOid: oid('d'), reason: '' },
  ],
})

it('says each step, count, patch and check once, a line each', () => {
  const { host, said } = listen()
  const progress = makeProgress(makeContext(host, {}), { id: 'x', known: null })
  const what = 'replaying patches'
  const counts = [
    null,
    { done: 1, total: 2, what },
    { done: 1, total: 2, what },
    { done: 2, total: 2, what: null },
  ]
  for (const count of counts) progress.show({ status: status({}), progress: count })
  progress.show({ status: replayed, progress: null })
  progress.show({ status: replayed, progress: null })
  const check = { command: 'npm test', exitCode: 0, ended: null, milliseconds: 1500, log: '', tail: '' }
  progress.end({ ...replayed, phase: 'ended', outcome: 'changed', checks: [check] })
  expect(said()).toMatchInlineSnapshot(`
    "rebasing  Replaying.
      replaying patches: 1 of 2 done
      2 of 2 done
      1/2  unchanged  aaaaaaaaaa  One
      2/2  merged  cccccccccc  Two
    verifying  Checking.
      passed  npm test  1.5 s
    "
  `)
})

it('does not say again what was known when a question was answered', () => {
  const { host, said } = listen()
  const progress = makeProgress(makeContext(host, {}), { id: 'x', known: replayed })
  progress.show({ status: { ...replayed, phase: 'pushing', reason: 'Pushing.' }, progress: null })
  expect(said()).toBe('pushing  Pushing.\n')
})

it('says once that no worker answers, and again after one had answered', () => {
  const { host, said } = listen()
  const progress = makeProgress(makeContext(host, {}), { id: 'x', known: null })
  for (const seen of [null, null, status({}), null]) progress.show({ status: seen, progress: null })
  expect(said().match(/no worker answers/g)).toHaveLength(2)
})

it('is silent with --quiet', () => {
  const { host, said } = listen({ stderrIsTty: true })
  const progress = makeProgress(makeContext(host, { quiet: true }), { id: 'x', known: null })
  progress.show({ status: replayed, progress: { done: 1, total: 2, what: null } })
  progress.end(replayed)
  expect(said()).toBe('')
})

it('leaves a clean line on a terminal', () => {
  const { host, said } = listen({ stderrIsTty: true })
  const progress = makeProgress(makeContext(host, { color: false }), { id: 'x', known: null })
  progress.show({ status: status({}), progress: null })
  progress.end(null)
  expect(said().endsWith('\r\u001b[K')).toBe(true)
})
