import type { Oid } from '../../../domain/patch.ts'
import type { ObjectStore } from '../../objects/objects.ts'
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
  for (const record of plan.patches) {
    told.push({
      commit: numberOf(record.oid),
      verdict: record.verdict,
      folded: record.folded.map(numberOf),
      made: record.newOid === null ? null : await stepOf(objects, record.newOid),
      landedAs: record.landedAs.map(numberOf),
      reason: record.reason,
    })
  }
  const { result } = plan
  return {
    kind: result.kind,
    told,
    merges: plan.merges.map(numberOf),
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
