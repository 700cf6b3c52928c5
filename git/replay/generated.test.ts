import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GeneratedRule } from '../../domain/generated.ts'
import { carryEverything } from '../stack/policy.ts'
import {
  type Files,
  makeFolder,
  makeRepo,
  numberedLines,
  type TestFolder,
  type TestRepo,
} from '../testing.ts'
import { makePlan, type Plan } from './plan.ts'

let folder: TestFolder
let repo: TestRepo

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', {
    lock: 'lock of upstream\n',
    'gen/a': 'a\n',
    'gen/b': 'b\n',
    src: numberedLines(20),
  })
  repo.git('branch', 'fork')
})

afterEach(() => folder.remove())

/** Commits the fork's patches, then upstream's changes, and plans the move of the one onto the other. */
async function plan(
  patches: readonly Files[],
  upstream: Files,
  rules: readonly GeneratedRule[],
): Promise<Plan & { readonly file: (path: string) => string | null }> {
  repo.git('checkout', '-q', 'fork')
  for (const [index, files] of patches.entries()) repo.commit(`patch ${index + 1}`, files)
  repo.git('checkout', '-q', 'main')
  repo.commit('upstream', upstream)
  const made = await makePlan(
    { path: `${repo.dir}/.git`, signal: null },
    {
      head: repo.oid('fork'),
      onto: repo.oid('main'),
      base: null,
      followed: [],
      committer: { name: 'Undrift', email: 'undrift@example.org' },
      policy: carryEverything,
      generated: rules,
      onConflict: 'stop',
    },
    { keep: async (head) => void repo.git('update-ref', 'refs/heads/result', head) },
  )
  const file = (path: string): string | null => {
    try {
      return `${repo.git('show', `refs/heads/result:${path}`)}\n`
    } catch {
      return null
    }
  }
  return { ...made, file }
}

function verdicts({ patches }: Plan): readonly (string | null)[] {
  return patches.map(({ verdict }) => verdict)
}

const upstreams = (pattern: string): GeneratedRule => ({ kind: 'upstream', pattern })
const ours = (pattern: string): GeneratedRule => ({ kind: 'ours', pattern })
const run = (pattern: string): GeneratedRule => ({ kind: 'run', pattern, command: 'make lock' })
const line = (at: number, text: string) => numberedLines(20, { [at]: text })

describe('a generated file that both sides changed', () => {
  const patch = { lock: 'lock of the fork\n', src: line(2, 'ours') }
  const release = { lock: 'newer lock\n', src: line(18, 'theirs') }

  it('stops the replay where no rule knows it', async () => {
    expect((await plan([patch], release, [run('other')])).result.kind).toBe('conflict')
  })

  it('is the target’s with `take: upstream`, and the reason says so', async () => {
    const made = await plan([patch], release, [upstreams('lock')])
    expect(made.result.kind).toBe('done')
    expect(made.file('lock')).toBe('newer lock\n')
    expect(made.file('src')).toBe(numberedLines(20, { 2: 'ours', 18: 'theirs' }))
    expect(made.patches[0]).toMatchObject({
      verdict: 'merged',
      reason: 'Taken from upstream: lock.',
      paths: ['lock', 'src'],
    })
    expect(made.pending).toEqual([])
  })

  it('is the patch’s with `take: ours`, and the reason says so', async () => {
    const made = await plan([patch], release, [ours('lock')])
    expect(made.file('lock')).toBe('lock of the fork\n')
    expect(made.patches[0]).toMatchObject({
      verdict: 'merged',
      reason: "Taken from the patch, over upstream's change: lock.",
    })
  })

  it('is the target’s until its command makes it again, and the result says which and for whom', async () => {
    const made = await plan([patch], release, [run('lock')])
    expect(made.file('lock')).toBe('newer lock\n')
    expect(made.patches[0]).toMatchObject({
      verdict: 'merged',
      reason: "Upstream's `lock` stands in until `make lock` makes it again.",
    })
    const { oid, newOid } = made.patches[0] ?? {}
    expect(made.pending).toEqual([
      { pattern: 'lock', command: 'make lock', patch: oid, commit: newOid, met: [newOid] },
    ])
    expect(made.suspects).toEqual([])
  })

  it('is settled by the first rule that fits', async () => {
    const made = await plan([patch], release, [ours('l*'), upstreams('lock')])
    expect(made.file('lock')).toBe('lock of the fork\n')
  })

  it.each([
    ['upstream deleted it', { lock: null }],
    ['upstream made it a folder', { lock: null, 'lock/inner': 'x\n' }],
  ])('does not stop the replay where %s', async (_, change) => {
    const made = await plan([patch], { ...release, ...change }, [run('lock')])
    expect(made.result.kind).toBe('done')
    expect(made.file('lock/inner')).toBe('lock/inner' in change ? 'x\n' : null)
    expect(made.pending).toHaveLength(1)
  })

  it('does not stop the replay where both sides added it', async () => {
    const made = await plan([{ new: 'ours\n' }], { new: 'theirs\n' }, [run('new')])
    expect(made.file('new')).toBe('theirs\n')
    expect(made.pending).toHaveLength(1)
  })

  it('is taken with its mode', async () => {
    repo.git('checkout', '-q', 'fork')
    repo.git('update-index', '--chmod=+x', 'lock')
    repo.git('commit', '-q', '-m', 'executable')
    repo.git('reset', '-q', '--hard')
    const made = await plan([], { lock: 'newer\n' }, [ours('lock')])
    expect(repo.git('ls-tree', 'refs/heads/result', 'lock')).toContain('100755')
    expect(made.file('lock')).toBe('lock of upstream\n')
  })

  it('never takes a folder of upstream’s away', async () => {
    const made = await plan([{ lock: 'o\n' }], { lock: null, 'lock/inner': 'x\n' }, [ours('lock')])
    expect(made.file('lock/inner')).toBe('x\n')
    expect(made.patches[0]?.reason).toContain('Taken from upstream')
  })

  it('never takes a file of upstream’s above it away', async () => {
    repo.git('rm', '-rq', 'gen')
    repo.commit('remove a folder')
    const made = await plan([{ 'gen/a': 'o\n' }], { gen: 'x\n' }, [ours('gen/**')])
    expect(made.file('gen')).toBe('x\n')
    expect(made.patches[0]?.reason).toContain('Taken from upstream')
  })
})

describe('a generated file that only the patch changed', () => {
  it.each([[ours('lock')], [run('lock')]])(
    'is carried as it is, and nothing has to be made again: %j',
    async (rule) => {
      const made = await plan([{ lock: 'ours\n' }, { src: line(2, 'ours') }], { src: line(18, 'theirs') }, [
        rule,
      ])
      expect(made.file('lock')).toBe('ours\n')
      expect(verdicts(made)).toEqual(['unchanged', 'unchanged'])
      expect(made.pending).toEqual([])
    },
  )

  it('vanishes with `take: upstream`, and with it a patch that holds nothing else', async () => {
    const made = await plan([{ lock: 'ours\n', more: 'x\n' }, { lock: 'again\n' }], {}, [upstreams('lock')])
    expect(made.file('lock')).toBe('lock of upstream\n')
    expect(made.file('more')).toBe('x\n')
    expect(verdicts(made)).toEqual(['merged', 'emptied'])
    expect(made.patches[1]?.reason).toBe('Nothing is left. Taken from upstream: lock.')
  })
})

describe('a patch that removes a generated file', () => {
  it('has it removed although upstream changed it, and no command brings it back', async () => {
    const made = await plan([{ lock: null, src: line(2, 'ours') }], { lock: 'newer\n' }, [run('lock')])
    expect(made.file('lock')).toBeNull()
    expect(made.pending).toEqual([])
    expect(made.patches[0]?.reason).toBe("Removed, over upstream's change: lock.")
  })

  it('leaves nothing to be made again of what earlier patches changed', async () => {
    const made = await plan([{ lock: 'ours\n', src: line(2, 'ours') }, { lock: null }], { lock: 'newer\n' }, [
      run('lock'),
    ])
    expect(made.file('lock')).toBeNull()
    expect(made.pending).toEqual([])
    expect(made.patches[0]?.reason).toBe('Taken from upstream: lock.')
  })

  it('has it made again where it only moved', async () => {
    const made = await plan([{ 'gen/a': null, 'gen/moved': 'a\n' }], { 'gen/a': 'newer\n' }, [run('gen/*')])
    expect(made.file('gen/a')).toBeNull()
    expect(made.file('gen/moved')).toBe('a\n')
    expect(made.pending).toHaveLength(1)
  })
})

describe('patches that change one generated file after the other', () => {
  it('have it made again once, for the last of them', async () => {
    const made = await plan(
      [{ lock: '1\n' }, { lock: '2\n', src: line(2, 'ours') }, { lock: '3\n' }, { x: 'x\n' }],
      {
        lock: 'newer\n',
      },
      [run('lock')],
    )
    expect(made.result.kind).toBe('done')
    const [first, second, third] = made.patches
    expect(made.pending).toMatchObject([
      { patch: third?.oid, commit: third?.newOid, met: [first?.newOid, second?.newOid, third?.newOid] },
    ])
    expect(verdicts(made)).toEqual(['merged', 'merged', 'merged', 'unchanged'])
  })
})

describe('a patch that landed', () => {
  it('is found so by its other files, whatever became of what is generated from them', async () => {
    const landed = { src: line(2, 'ours') }
    const made = await plan([{ ...landed, lock: 'ours\n' }], { ...landed, lock: 'theirs\n' }, [run('lock')])
    expect(made.patches[0]).toMatchObject({ verdict: 'landed', landedAs: [repo.oid('main')] })
    expect(made.patches[0]?.reason).toContain('Taken from upstream: lock.')
    expect(made.pending).toEqual([])
    expect(made.file('lock')).toBe('theirs\n')
  })

  it('is found so where it holds nothing but the generated file', async () => {
    const made = await plan([{ lock: 'same\n' }], { lock: 'same\n' }, [run('lock')])
    expect(made.patches[0]).toMatchObject({ verdict: 'landed', landedAs: [repo.oid('main')] })
  })
})

describe('a conflict in another file', () => {
  it('still stops the replay, and names that file only', async () => {
    const made = await plan(
      [{ lock: 'ours\n', src: line(2, 'ours') }],
      { lock: 'theirs\n', src: line(2, 'theirs') },
      [run('lock')],
    )
    expect(made.result.kind).toBe('conflict')
    expect(made.patches[0]?.conflict?.paths).toEqual([{ path: 'src', kind: 'content' }])
  })
})
