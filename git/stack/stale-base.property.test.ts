import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { type Files, treeOf } from '../replay/trees-testing.ts'
import { inWorkshop, type Workshop } from '../replay/workshop.ts'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'
import type { Chain, Link } from './linearise.ts'
import { withoutTakenIn } from './stale-base.ts'

const paths = ['a', 'b', 'c', 'd/e', 'd/f', 'g']
const edit = fc.record({
  path: fc.constantFrom(...paths),
  text: fc.option(fc.constantFrom<string>('1', '2', '3')),
})
const edits = fc.array(edit, { minLength: 1, maxLength: 2 })
const besides = fc.array(edit, { maxLength: 1 })
/** What the fork does: an edit of its own, or upstream's files of one commit but for those that it edited itself. */
const patch = fc.oneof(edits, fc.record({ takes: fc.nat(4), besides }))
const large = fc.array(edit, { minLength: 3, maxLength: 6 })
const history = fc.record({
  upstream: fc.tuple(large, fc.array(edits, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
  patches: fc.array(patch, { minLength: 1, maxLength: 5 }),
})
const set = (text: string, ...names: readonly string[]) => names.map((path) => ({ path, text }))
/** The file that rules the newer commit out is new in the fork where the older one is looked at. */
const addedOnBothSides = {
  upstream: [set('1', 'a', 'b', 'c'), set('2', 'g')],
  patches: [{ takes: 1, besides: set('1', 'g') }],
}

let folder: TestFolder
beforeAll(() => {
  folder = makeFolder()
})
afterAll(() => folder.remove())

function edited(files: Files, list: readonly { path: string; text: string | null }[]): Files {
  const now = new Map(files)
  for (const { path, text } of list) {
    if (text === null) now.delete(path)
    else now.set(path, text)
  }
  return now
}

function differing(one: Files, other: Files): readonly string[] {
  return [...paths].filter((path) => one.get(path) !== other.get(path))
}

/** The place of the patch and of the upstream state that it took in, by the definition and with no short cut. */
function expected(upstream: readonly Files[], fork: readonly Files[]): readonly [number, number] | null {
  const [base = new Map()] = upstream
  for (let at = fork.length - 1; at > 0; at -= 1) {
    const after = fork[at] as Files
    const steps = fork.slice(1, at).map((files, index) => differing(fork[index] as Files, files))
    const own = new Set(steps.flat())
    const others = (one: Files, other: Files) => differing(one, other).filter((path) => !own.has(path))
    const brought = others(fork[at - 1] as Files, after).slice(0, 3)
    if (brought.length === 0) continue
    for (let state = upstream.length - 1; state > 0; state -= 1) {
      const there = upstream[state] as Files
      const isNew = (path: string) => !there.has(path) && !base.has(path)
      if (brought.some((path) => there.get(path) !== after.get(path))) continue
      if (others(there, after).every(isNew) && others(base, there).length > 0) return [at - 1, state]
    }
  }
  return null
}

/** Whether a state is upstream's merged into the one before it, path by path, wherever upstream changed something. */
function isMerge(base: Files, before: Files, there: Files, after: Files): boolean {
  return differing(base, there).every((path) => {
    const [was, ours, theirs] = [base, before, there].map((files) => files.get(path))
    const isClash = ours !== was && ours !== theirs
    return !isClash && after.get(path) === theirs
  })
}

const person = 'Ada <ada@example.org> 1700000000 +0000'
const nobody = { author: person, committer: person, encoding: null, message: 'x\n' }

async function commits(workshop: Workshop, states: readonly Files[]): Promise<readonly Oid[]> {
  const made: Oid[] = []
  for (const files of states) {
    const tree = await treeOf(workshop, files)
    const commit = serialiseCommit({ ...nobody, tree, parents: made.slice(-1) })
    made.push(workshop.quarantine.objects.write('commit', commit))
  }
  workshop.quarantine.objects.flush()
  return made
}

async function chainOf(workshop: Workshop, base: Oid, fork: readonly Files[]): Promise<Chain> {
  const { objects } = workshop.quarantine
  const oids = (await commits(workshop, fork)).slice(1)
  const trees = await Promise.all(fork.map((files) => treeOf(workshop, files)))
  const links = oids.map(async (oid, index): Promise<Link> => {
    const [before = '', after = ''] = trees.slice(index)
    return { oid, commit: await objects.commit(oid), before, after, isMerge: false }
  })
  const tree = trees.at(-1) ?? ''
  return { base, oldest: base, links: await Promise.all(links), merges: [], tree, stoodOn: new Set([base]) }
}

describe('withoutTakenIn', () => {
  it('finds only commits whose tree is upstream merged into the stack before them', async () => {
    const repo = makeRepo(`${folder.path}/repo`)
    repo.commit('start', { file: 'text\n' })
    let found = 0
    const check = async (workshop: Workshop) =>
      fc.assert(
        fc.asyncProperty(history, async ({ upstream, patches }) => {
          const start: Files = new Map([...paths.slice(0, 4), 'stays'].map((path) => [path, '0']))
          const states = [start]
          for (const list of upstream) states.push(edited(states.at(-1) ?? start, list))
          const fork = [start]
          const own = new Set<string>()
          for (const one of patches) {
            const now = fork.at(-1) ?? start
            const taken = 'takes' in one ? (states[one.takes % states.length] ?? start) : start
            const theirs = paths.filter((path) => !own.has(path))
            const list =
              'takes' in one
                ? [...theirs.map((path) => ({ path, text: taken.get(path) ?? null })), ...one.besides]
                : one
            fork.push(edited(now, list))
            if (!('takes' in one)) for (const { path } of list) own.add(path)
          }
          const oids = await commits(workshop, states)
          const chain = await chainOf(workshop, oids[0] as Oid, fork)
          const cleared = await withoutTakenIn(workshop, chain, {
            onto: oids.at(-1) as Oid,
            isDoubtful: async () => false,
          })
          const link = cleared?.links.find((each) => each.tookIn !== undefined)
          if (link === undefined) {
            const wanted = expected(states, fork)
            if (wanted?.[0] !== 0) return
            // Nothing was before the first patch: only a file that clashes can speak against it.
            const [there, after] = [states[wanted[1]] as Files, fork[1] as Files]
            expect(isMerge(start, start, there, after)).toBe(false)
            return
          }
          found += 1
          const place = chain.links.findIndex(({ oid }) => oid === link.oid)
          const there = states[oids.indexOf(link.tookIn as Oid)] as Files
          expect(isMerge(start, fork[place] as Files, there, fork[place + 1] as Files)).toBe(true)
          expect(cleared?.tree).toBe(chain.tree)
        }),
        { numRuns: 150, examples: [[addedOnBothSides]] },
      )
    await inWorkshop({ path: `${repo.dir}/.git`, signal: null }, check)
    expect(found).toBeGreaterThan(20)
  })
})
