import type { Oid } from '../../../domain/patch.ts'
import { type Plan, planIn } from '../../replay/plan.ts'
import { inWorkshop, type Workshop } from '../../replay/workshop.ts'
import { carryEverything } from '../../stack/policy.ts'
import { makeFolder } from '../../testing.ts'
import { historyOf } from './build-testing.ts'
import type { Game, Played } from './game-testing.ts'
import { pickInGit } from './git-picks-testing.ts'
import { judge, judgeError } from './judge-testing.ts'
import { makeAlone, makeRepository, packInto, writeHistory } from './objects-testing.ts'
import { Oracle } from './oracle-testing.ts'
import { type Script, scriptOf } from './script-testing.ts'

const committer = { name: 'Undrift', email: 'undrift@example.org' }
/** More plans in one workshop would leave too many packs behind for git to look through. */
const plansPerWorkshop = 10
const tasksAtOnce = 3
/** Most histories share a repository and its workshops; one of so many has all for itself, as in the field. */
const aloneOnceIn = 12

/** Plays the histories of some seeds. */
export function playSeeds(seeds: readonly string[]): Promise<readonly Played[]> {
  return playScripts(seeds.map(scriptOf))
}

/** Builds histories, plans each, and judges what came of it. */
export async function playScripts(scripts: readonly Script[]): Promise<readonly Played[]> {
  const folder = makeFolder()
  try {
    const shared = `${folder.path}/shared`
    makeRepository(shared)
    const packing = packInto(shared)
    const games = scripts.map((script) => {
      const history = historyOf(script)
      return { history, oracle: new Oracle(history), written: writeHistory(packing, history) }
    })
    packing.flush()
    const picks = pickInGit({ dir: shared, packing }, games)
    const played = new Map<Game, Played>()
    const play = (dir: string, some: readonly Game[], onto: { readonly onto?: Oid } = {}) => {
      const work = async (workshop: Workshop) => {
        for (const game of some) {
          const judged = plainPlan(workshop, game).then((plan) =>
            judge(workshop.quarantine.objects, game, { plan, picks: picks[games.indexOf(game)] ?? null }),
          )
          played.set(game, await judged.catch((error: unknown) => judgeError(game, error)))
        }
      }
      return inWorkshop({ path: dir, signal: null }, work, onto)
    }
    const together = games.filter((game, index) => !isAlone(game, index))
    const shares = Array.from({ length: Math.ceil(together.length / plansPerWorkshop) }, (_, index) =>
      together.slice(index * plansPerWorkshop, (index + 1) * plansPerWorkshop),
    )
    const alone = games.filter((game) => !together.includes(game))
    await inTurns([
      ...shares.map((share) => () => play(shared, share)),
      ...alone.map((game, index) => () => {
        const onto = game.written.oids[game.history.onto] as Oid
        const dir = `${folder.path}/alone-${index}`
        makeAlone(dir, game.history)
        return play(dir, [game], { onto })
      }),
    ])
    return games.map((game) => played.get(game) as Played)
  } finally {
    folder.remove()
  }
}

/** Does the tasks, a few at a time: most of each is waiting for git. */
async function inTurns(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks]
  const turn = async (): Promise<void> => {
    for (let task = left.shift(); task; task = left.shift()) await task()
  }
  await Promise.all(Array.from({ length: tasksAtOnce }, turn))
}

/** Whether a history needs a repository with upstream's refs, or gets one to show that sharing changes nothing. */
function isAlone({ history }: Game, index: number): boolean {
  return history.tags.length > 0 || history.branches.length > 0 || index % aloneOnceIn === 0
}

/** The plan, without the search for what explains a conflict. */
async function plainPlan(workshop: Workshop, { history, written }: Game): Promise<Plan> {
  let stopped: Plan | null = null
  const onConflict = (plan: Plan): never => {
    stopped = plan
    throw new Error('A conflict needs no explanation here.')
  }
  const input = {
    head: written.oids[history.head] as Oid,
    onto: written.oids[history.onto] as Oid,
    base: null,
    followed: [],
    committer,
    policy: carryEverything,
    onConflict: 'stop' as const,
  }
  return planIn(workshop, input, { onConflict }).catch((error: unknown) => {
    if (stopped === null) throw error
    return stopped
  })
}
