import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Plan } from './plan.ts'
import { lines, useGround } from './plan-testing.ts'

/** The patch clashes with an upstream commit in the middle of many that touch its file; one of them is a namesake. */
const ground = useGround(({ repo, onFork }) => {
  onFork(() => {
    repo.commit('one of ours', { 'a.txt': lines({ 20: 'ours are these words here' }) })
    repo.commit('another of ours', { 'b.txt': lines({ 20: 'ours' }) })
  })
  for (let each = 0; each < 30; each += 1) {
    const middle: Record<number, string> = each < 15 ? {} : { 20: 'theirs are these words here' }
    repo.commit(each === 15 ? 'culprit' : `upstream ${each}`, { 'a.txt': lines({ 1: `${each}`, ...middle }) })
  }
  repo.commit('other culprit', { 'b.txt': lines({ 20: 'theirs' }) })
})

const culprit = () => ground.repo.git('log', '--format=%H', '--grep=^culprit$', 'main').trim()
const conflictOf = (plan: Plan, index = 0) => plan.patches[index]?.conflict

describe('the explanation of a conflict', () => {
  it('comes after the plan that stops was told, the cause first', async () => {
    const told: string[] = []
    const plan = await ground.plan(
      {},
      {},
      {
        onConflict: (early) => {
          const { causedBy, notSearched } = conflictOf(early) ?? {}
          told.push(
            `stops: ${early.result.kind} ${causedBy} ${notSearched?.join()} ${early.patches[0]?.suggestion}`,
          )
        },
        explain: { onPart: (oid, { causedBy }, part) => told.push(`${part} ${oid.length} ${causedBy}`) },
      },
    )
    expect(told).toEqual([
      'stops: conflict null causedBy,suggestion null',
      `causedBy 40 ${culprit()}`,
      `suggestion 40 ${culprit()}`,
    ])
    expect(conflictOf(plan)).toEqual({ paths: [{ path: 'a.txt', kind: 'content' }], causedBy: culprit() })
    expect(plan.patches[0]?.reason).toBe(
      `Conflicts in a.txt (content) since upstream ${culprit().slice(0, 12)}.`,
    )
    expect(plan.patches[0]?.suggestion).toEqual({ kind: 'landed-with-changes', as: [culprit()] })
  })

  it('is left out where the budget is 0, and says so', async () => {
    const whole = await ground.plan()
    const plan = await ground.plan({}, {}, { explain: { budget: 0 } })
    expect(conflictOf(plan)).toEqual({
      paths: [{ path: 'a.txt', kind: 'content' }],
      causedBy: null,
      notSearched: ['causedBy', 'suggestion'],
    })
    expect(plan.patches[0]?.suggestion).toBeNull()
    expect(plan.result).toEqual(whole.result)
    expect(plan.patches.map(({ verdict }) => verdict)).toEqual(whole.patches.map(({ verdict }) => verdict))
  })

  it('ends as not searched when the budget is used up, and leaves no process and no folder behind', async () => {
    const before = quarantines()
    const parts: string[] = []
    const plan = await ground.plan(
      {},
      {},
      {
        explain: {
          budget: 1,
          onPart: (_, { notSearched }, part) => parts.push(`${part}: ${notSearched.join()}`),
        },
      },
    )
    expect(conflictOf(plan)).toMatchObject({ causedBy: null, notSearched: ['causedBy', 'suggestion'] })
    expect(parts).toEqual(['causedBy: causedBy', 'suggestion: causedBy,suggestion'])
    expect(plan.patches[0]?.reason).toBe('Conflicts in a.txt (content).')
    expect(quarantines()).toEqual(before)
  })

  it('is searched for every conflict of a forecast, all causes before any likeness', async () => {
    const told: string[] = []
    const plan = await ground.plan(
      {},
      { onConflict: 'forecast' },
      {
        explain: { onPart: (_, __, part) => told.push(part) },
      },
    )
    expect(told).toEqual(['causedBy', 'causedBy', 'suggestion', 'suggestion'])
    expect(conflictOf(plan, 1)?.causedBy).toBe(ground.repo.oid('main'))
  })

  it('is not searched for a plan that settles', async () => {
    const told: string[] = []
    await ground.plan(
      {},
      { onto: ground.repo.oid('main~31') },
      {
        onConflict: () => void told.push('stops'),
        explain: { onPart: () => told.push('explained') },
      },
    )
    expect(told).toEqual([])
  })
})

/** The quarantine folders of this process. */
function quarantines(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`undrift-quarantine-${process.pid}-`))
}
