import type { Oid } from '../../../domain/patch.ts'
import type { ObjectStore } from '../../objects/objects.ts'
import type { Replay, Stack } from '../../types.ts'
import type { Game } from './game-testing.ts'
import type { JudgedPlan } from './judge-testing.ts'
import type { Contents } from './nets-testing.ts'
import { entriesOf, wordsIn } from './objects-testing.ts'
import type { Outcome, Told } from './told-testing.ts'

/** A plan in the oracle's words. */
export async function outcomeOf(objects: ObjectStore, game: Game, plan: JudgedPlan): Promise<Outcome> {
  const { oids } = game.written
  const numberOf = (oid: Oid): number => oids.indexOf(oid)
  const told: Told[] = []
  const known = [...oids, ...plan.patches.flatMap(({ newOid }) => newOid ?? [])]
  for (const record of plan.patches) {
    const names = known.filter((oid) => record.reason.includes(oid.slice(0, 12)))
    told.push({
      commit: numberOf(record.oid),
      verdict: record.verdict,
      folded: record.folded.map(numberOf),
      made: record.newOid === null ? null : await stepOf(objects, record.newOid),
      landedAs: record.landedAs.map(numberOf),
      reason: record.reason,
      isSettled: record.resolution !== undefined,
      names,
      named: names.map(numberOf).filter((number) => number !== -1),
    })
  }
  const { result } = plan
  return {
    kind: result.kind,
    told,
    merges: plan.merges.map(numberOf),
    leftOut: plan.upstreams.map(({ oid }) => numberOf(oid)),
    questioned: new Set(plan.suspects.flatMap(({ lost }) => lost)),
    result: result.kind === 'conflict' ? new Map() : await contentsOf(objects, result.tree),
  }
}

async function stepOf(
  objects: ObjectStore,
  oid: Oid,
): Promise<{ readonly before: Contents; readonly after: Contents }> {
  const commit = await objects.commit(oid)
  const parent = await objects.commit(commit.parents[0] ?? '')
  return { before: await contentsOf(objects, parent.tree), after: await contentsOf(objects, commit.tree) }
}

/** The files of a tree. */
async function contentsOf(objects: ObjectStore, tree: Oid, below = ''): Promise<Contents> {
  const files = new Map<string, readonly string[]>()
  for (const { mode, name, oid } of entriesOf((await objects.read(tree)).body)) {
    const path = `${below}${name}`
    if (mode !== '40000') files.set(path, wordsIn((await objects.read(oid)).body))
    else for (const [deep, words] of await contentsOf(objects, oid, `${path}/`)) files.set(deep, words)
  }
  return files
}

/** What a plan says, with the numbers of the history's commits. */
export function planLines({ history, written }: Game, plan: JudgedPlan): readonly string[] {
  const lines = plan.patches.map((record) => {
    const number = written.oids.indexOf(record.oid)
    const folded = record.folded.map((oid) => `+#${written.oids.indexOf(oid)}`).join(' ')
    const suggestion = record.suggestion === null ? '' : ` (suggests ${JSON.stringify(record.suggestion)})`
    return `#${number} ${folded} ${history.commits[number]?.subject}: ${record.verdict}. ${record.reason}${suggestion}`
  })
  const suspects = plan.suspects.map(({ path, lost }) => `suspect in ${path}: ${lost.join(' ')}`)
  const names = (text: string) => {
    let named = text
    for (const [number, oid] of written.oids.entries())
      named = named.replaceAll(oid, `#${number}`).replaceAll(oid.slice(0, 12), `#${number}`)
    return named
  }
  return [`result: ${plan.result.kind}`, ...lines, ...suspects].map(names)
}

/** What a replay says, as a plan says it. */
export function planOfReplay(stack: Stack, made: Replay, oids: readonly Oid[]): JudgedPlan {
  const named = (text: string) => oids.filter((oid) => text.includes(oid.slice(0, 12)))
  const into = (reason: string) => /^Folded into ([0-9a-f]+)/.exec(reason)?.[1] ?? null
  const patches = made.reports
    .filter(({ reason }) => into(reason) === null)
    .map((report) => ({
      ...report,
      folded: made.reports
        .filter(({ reason }) => report.oid.startsWith(into(reason) ?? '-'))
        .map(({ oid }) => oid),
      // What changed it later is named after what brought it.
      landedAs: report.verdict === 'landed' ? named(report.reason.split(' Later ')[0] ?? '') : [],
      suggestion: null,
      conflict: null,
    }))
  const suspects = made.kind === 'done' ? (made.suspects ?? []) : []
  const asks = suspects.length > 0 || made.likelyLandings.length > 0
  const result =
    made.kind === 'conflict'
      ? { kind: 'conflict' as const, at: made.at.patch.oid, lastGood: made.at.lastGood }
      : { kind: asks ? ('question' as const) : ('done' as const), head: made.head, tree: made.tree }
  return {
    result,
    patches,
    merges: stack.merges ?? [],
    suspects,
    upstreams: stack.ownership?.upstreams ?? [],
  }
}
