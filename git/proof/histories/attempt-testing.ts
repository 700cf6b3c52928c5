import type { Oid } from '../../../domain/patch.ts'
import { type ObjectStore, openObjects } from '../../objects/objects.ts'
import { replay } from '../../replay/replay.ts'
import { keepResolution, writeResolution } from '../../resolutions/resolutions.ts'
import { readStack } from '../../stack/stack.ts'
import { makeFolder } from '../../testing.ts'
import type { Mirror, Replay, ReplayConflict } from '../../types.ts'
import { historyOf } from './build-testing.ts'
import type { Game, Played } from './game-testing.ts'
import type { History } from './history-testing.ts'
import { judge, judgeError } from './judge-testing.ts'
import { makeAlone, type Packing, wordsIn } from './objects-testing.ts'
import { Oracle } from './oracle-testing.ts'
import { planOfReplay } from './outcome-testing.ts'
import type { Script } from './script-testing.ts'
import { mergeWords, type Word } from './states-testing.ts'

/** What an attempt came to, and the attempt on the release after it that finds what was settled. */
export interface PlayedAttempt {
  readonly first: Played
  readonly next: Played
  /** How many conflicts a person settled, and how many of them were settled by that again on the next release. */
  readonly settled: number
  readonly reused: number
}

/** Replays each history as an attempt does, a person settling what conflicts, and again onto the next release. */
export async function playAttempts(scripts: readonly Script[]): Promise<readonly PlayedAttempt[]> {
  const folder = makeFolder()
  try {
    const played: PlayedAttempt[] = []
    for (const [index, script] of scripts.entries())
      played.push(await playAttempt(`${folder.path}/${index}`, historyOf(script)))
    return played
  } finally {
    folder.remove()
  }
}

async function playAttempt(dir: string, first: History): Promise<PlayedAttempt> {
  const next = withNextRelease(first)
  const { packing, written } = makeAlone(dir, next)
  const mirror = { path: dir, signal: null }
  const objects = openObjects(mirror, { format: 'sha1', writes: 'at-once' })
  const attempt = { mirror, objects, packing, touched: new Set<Word>(), settled: 0 }
  try {
    const one = await play(attempt, { history: first, oracle: new Oracle(first), written }, 'v1')
    const { settled } = attempt
    const two = await play(attempt, { history: next, oracle: new Oracle(next), written }, 'v2')
    const reused = two.reasons.filter((reason) => reason === 'reused').length
    return { first: one, next: two, settled, reused }
  } finally {
    await objects.close()
  }
}

/** The history with one more upstream commit, which touches nothing that is there. */
function withNextRelease(history: History): History {
  const number = history.commits.length
  const { state } = history.commits[history.onto] as History['commits'][number]
  const more = new Map([...state, ['next', { path: 'next', words: ['u998', 'u999'] }]])
  const commit = {
    number,
    by: 'upstream',
    how: 'edit',
    subject: 'next',
    parents: [history.onto],
    state: more,
  } as const
  return { ...history, commits: [...history.commits, commit], onto: number }
}

interface Attempt {
  readonly mirror: Mirror
  readonly objects: ObjectStore
  readonly packing: Packing
  /** Words that a person settled: what became of them is the person's doing. */
  readonly touched: Set<Word>
  settled: number
}

const committer = { name: 'Undrift', email: 'undrift@example.org' }
const mostConflicts = 8

async function play(attempt: Attempt, game: Game, name: string): Promise<Played> {
  const { mirror, objects, touched } = attempt
  const [head, onto] = [game.history.head, game.history.onto].map((at) => game.written.oids[at] as Oid) as [
    Oid,
    Oid,
  ]
  const wasSettled = name !== 'v1' && attempt.settled > 0
  try {
    const stack = await readStack(mirror, { head, onto })
    let made: Replay | null = null
    let again = 0
    for (let left = mostConflicts; left > 0; left -= 1) {
      made = await replay(mirror, { stack, onto, committer, attempt: name })
      if (made.kind !== 'conflict' || !(await settleByHand(attempt, made.at, name))) break
      if (wasSettled) again += 1
    }
    const plan = planOfReplay(stack, made as Replay, game.written.oids)
    const judged = await judge(objects, game, { plan, picks: null, touched })
    const reused = (made as Replay).reports.filter(({ verdict }) => verdict === 'reused').map(() => 'reused')
    const asked = again === 0 ? [] : [{ rule: 'asked-again', what: `${again} conflicts that were settled` }]
    return { ...judged, reasons: [...judged.reasons, ...reused], breaches: [...judged.breaches, ...asked] }
  } catch (error) {
    return judgeError(game, error)
  }
}

/** Settles a conflict by keeping both sides; false where no such thing is possible. */
async function settleByHand(attempt: Attempt, at: ReplayConflict, name: string): Promise<boolean> {
  const { mirror, objects, packing, touched } = attempt
  const paths = []
  for (const path of at.paths) {
    if (!['content', 'add/add', 'modify/delete'].includes(path.kind)) return false
    const sides = await Promise.all(
      [path.base, path.ours, path.theirs].map(
        async (side) => side && wordsIn((await objects.read(side.oid)).body),
      ),
    )
    const [base, ours, theirs] = sides
    const words =
      ours && theirs ? mergeWords(base ?? [], { ours, theirs }, 'both').result : (ours ?? theirs ?? [])
    for (const word of sides.flatMap((side) => side ?? []))
      if (!sides.every((side) => side?.includes(word))) touched.add(word)
    const blob = packing.write('blob', Buffer.from([...new Set(words)].map((word) => `${word}\n`).join('')))
    paths.push({ ...path, settled: { mode: '100644', oid: blob } })
  }
  packing.flush()
  const { oid, subject } = at.patch
  const { oid: resolution, key } = await writeResolution(mirror, {
    by: 'Ada',
    at: '2026-01-02T03:04:05Z',
    attempt: name,
    patch: { oid, subject },
    paths,
    more: [],
  })
  await keepResolution(mirror, key, resolution)
  attempt.settled += 1
  return true
}
