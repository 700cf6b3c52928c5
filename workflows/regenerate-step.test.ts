import { describe, expect, it } from 'vitest'
import type {
  FetchResult,
  MadeInput,
  RebaseResult,
  RegenerateInput,
  RegenerateResult,
  VerifyInput,
} from '../activities/types.ts'
import type { Check } from '../domain/attempt.ts'
import type { PendingFiles } from '../domain/generated.ts'
import { oid, place, type Script, startAttempt, until } from './testing.ts'
import { useStages } from './testing-hooks.ts'

// The command itself runs in the tests of the activity and in the harness; here it is told what came of it.
const pending: PendingFiles = {
  pattern: 'lock',
  command: 'make lock',
  patch: oid('9'),
  commit: oid('5'),
  met: [oid('5')],
}
const fetched: FetchResult = {
  kind: 'ready',
  release: { tag: 'v2.0.0', tagObject: oid('1'), commit: oid('2') },
  stackHead: oid('3'),
  contained: false,
  worker: place,
}
const replayed: RebaseResult = {
  kind: 'done',
  base: oid('4'),
  head: oid('5'),
  tree: oid('6'),
  patches: [{ oid: oid('9'), subject: 'Ours', verdict: 'merged', newOid: oid('5'), reason: 'Stands in.' }],
  pending: [pending],
}
const made: MadeInput = {
  from: oid('5'),
  head: oid('7'),
  tree: oid('8'),
  pending: [pending],
  pack: 'UEFDSw==',
}
const regenerated = {
  files: [{ ...pending, paths: ['lock'], count: 1 }],
  moved: [{ from: oid('5'), to: oid('7') }],
  outside: { paths: [], count: 0 },
}
const done: RegenerateResult = { kind: 'made', made, regenerated }
const red: Check = {
  command: 'make lock',
  exitCode: 4,
  ended: null,
  milliseconds: 1,
  log: '/logs/1',
  tail: 'no luck',
}

const stages = useStages()

/** Steps that answer with these results of `regenerate`, one after the other, and what they were told. */
function script(results: readonly RegenerateResult[], replays: RebaseResult = replayed) {
  const told: { regenerate: RegenerateInput[]; verify: VerifyInput[]; push: unknown[] } = {
    regenerate: [],
    verify: [],
    push: [],
  }
  const steps: Script = {
    control: { supersedeOlder: async () => [] },
    git: {
      fetchRelease: async () => fetched,
      rebaseStack: async () => replays,
      pushCandidate: async (input) => {
        told.push.push(input)
        return { kind: 'pushed', candidates: [] }
      },
      recordAttempt: async () => ({ entry: oid('b'), unpublished: [] }),
    },
    verify: {
      regenerate: async (input) => {
        told.regenerate.push(input)
        return results[Math.min(told.regenerate.length, results.length) - 1] as RegenerateResult
      },
      verifyCandidate: async (input) => {
        told.verify.push(input)
        return { kind: 'passed', tree: oid('8'), checks: [] }
      },
    },
  }
  return { told, steps }
}

describe('generated files that are to be made again', () => {
  it('are made before the checks, which then see the result, and so does the push', async () => {
    const { told, steps } = script([done])
    const stage = await stages.open(steps)
    const status = await (await startAttempt(stage.client)).result()
    expect(status).toMatchObject({ outcome: 'changed', head: oid('7') })
    expect(status.patches).toEqual([
      {
        oid: oid('9'),
        subject: 'Ours',
        verdict: 'regenerated',
        newOid: oid('7'),
        reason: 'Stands in. `make lock` made it again: lock.',
      },
    ])
    expect(told.regenerate).toMatchObject([{ head: oid('5'), pending: [pending] }])
    expect(told.verify).toMatchObject([{ head: oid('7'), made }])
    expect(told.push).toMatchObject([{ head: oid('7'), tree: oid('8'), made }])
  })

  it('are asked about where their command fails, with its log, and made when it is retried', async () => {
    const { told, steps } = script([{ kind: 'red', checks: [red] }, done])
    const stage = await stages.open(steps)
    const handle = await startAttempt(stage.client)
    const asked = await until(handle, ({ needs }) => needs === 'checks-red')
    expect(asked.intervention).toMatchObject({
      question: 'lock cannot be made again: `make lock` ended with 4.',
      evidence: ['log: /logs/1', 'no luck'],
    })
    expect(asked.checks).toEqual([red])
    expect(told.verify).toEqual([])
    await handle.executeUpdate('retry', { args: [{ by: 'fay' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed', head: oid('7') })
    expect(told.regenerate).toHaveLength(2)
  })

  it('are asked about where what was made cannot be taken', async () => {
    const { steps } = script([
      { kind: 'refused', why: 'lock is a symbolic link.', checks: [{ ...red, exitCode: 0 }] },
    ])
    const stage = await stages.open(steps)
    const handle = await startAttempt(stage.client)
    const asked = await until(handle, ({ needs }) => needs === 'checks-red')
    expect(asked.reason).toBe('What was made of lock cannot be taken: lock is a symbolic link.')
    await handle.executeUpdate('abort', { args: [{}] })
    await handle.result().catch(() => {})
  })

  it('are made once, however often the checks are retried', async () => {
    const { told, steps } = script([done])
    let tries = 0
    const verify = steps.verify?.verifyCandidate
    const flaky: Script = {
      ...steps,
      verify: {
        ...steps.verify,
        verifyCandidate: async (input) => {
          tries += 1
          if (tries === 1) return { kind: 'red', tree: oid('8'), checks: [red] }
          return (await verify?.(input)) ?? { kind: 'sandbox-missing', message: '' }
        },
      },
    }
    const stage = await stages.open(flaky)
    const handle = await startAttempt(stage.client)
    await until(handle, ({ needs }) => needs === 'checks-red')
    await handle.executeUpdate('retry', { args: [{}] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed' })
    expect(told.regenerate).toHaveLength(1)
    expect(told.verify).toMatchObject([{ head: oid('7') }])
  })

  it('are not asked for where the replay names none', async () => {
    const { told, steps } = script([done], { ...replayed, pending: [] })
    const stage = await stages.open(steps)
    expect(await (await startAttempt(stage.client)).result()).toMatchObject({ head: oid('5') })
    expect(told.regenerate).toEqual([])
  })
})
