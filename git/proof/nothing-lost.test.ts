import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeGround, type PlanGround } from '../replay/plan-testing.ts'

let ground: PlanGround

beforeEach(() => {
  ground = makeGround()
})

afterEach(() => ground.remove())

const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
const letters = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`)

/** Begins the history of both sides anew with these files. */
function begin(files: Readonly<Record<string, string>>): void {
  ground.repo.commit('ground', files)
  ground.repo.git('branch', '-f', 'fork', 'main')
}

/** The result's file, as the plan kept it. */
async function planned(path: string): Promise<{ readonly kind: string; readonly content: string }> {
  let content = ''
  const keep = async (head: string) => {
    content = ground.repo.git('show', `${head}:${path}`)
  }
  const { result } = await ground.plan({}, {}, { keep })
  return { kind: result.kind, content }
}

describe('nothing is called settled that is not proved', () => {
  it('a conflict stays one, however much a later patch looks like upstream', async () => {
    const { repo, onFork, plan } = ground
    begin({ f: text('a', 'b', 'c'), g: text('x') })
    onFork(() => {
      repo.commit('ours', { f: text('a', 'B', 'c') })
      repo.commit('appends', { g: text('x', 'y') })
    })
    const taken = repo.commit('appends, too', { g: text('x', 'y') })
    repo.commit('theirs', { f: text('a', 'bb', 'c') })
    const { result, patches } = await plan()
    expect(result).toMatchObject({ kind: 'conflict', at: repo.oid('fork~1') })
    expect(patches[0]?.verdict).toBe('conflict')
    expect([null, 'landed']).toContain(patches[1]?.verdict)
    if (patches[1]?.verdict === 'landed') expect(patches[1].landedAs).toEqual([taken])
  })

  it('a removal stays in its patch when a later commit squashes upstream in', async () => {
    const { repo, onFork, plan } = ground
    const lines = letters(1, 9)
    begin({ f: text(...lines), g: text('g') })
    const without = lines.filter((line) => line !== 'line 5')
    onFork(() => repo.commit('removes line 5', { f: text(...without) }))
    const changed = (list: readonly string[]) =>
      list.map((line) => (line === 'line 4' ? 'line 4, theirs' : line))
    repo.commit('one', { g: text('g', 'one') })
    repo.commit('two', { f: text(...changed(lines)) })
    repo.commit('three', { h: text('h') })
    onFork(() => {
      repo.commit('take upstream in', { f: text(...changed(without)), g: text('g', 'one'), h: text('h') })
      repo.commit('later', { k: text('k') })
    })
    repo.commit('goes on', { g: text('g', 'one, changed') })
    const { result, patches } = await plan()
    if (result.kind !== 'conflict') expect(patches[0]?.verdict).not.toBe('unchanged')
    expect(result.kind).toBe('conflict')
  })

  it('a removal has not landed where upstream only moved the line', async () => {
    const { repo, onFork, plan } = ground
    const call = 'sendTelemetry()'
    begin({ f: text(...letters(1, 9), call, ...letters(10, 30)) })
    onFork(() => repo.commit('removes the call', { f: text(...letters(1, 30)) }))
    repo.commit('moves the call', { f: text(...letters(1, 25), call, ...letters(26, 30)) })
    const { result, patches, suspects } = await plan()
    expect(patches[0]?.verdict).not.toBe('landed')
    expect(result.kind).toBe('question')
    expect(suspects).toEqual([expect.objectContaining({ oid: repo.oid('fork'), path: 'f', lost: [call] })])
  })

  it('nor where upstream moved it to another file', async () => {
    const { repo, onFork, plan } = ground
    const call = 'sendTelemetry()'
    begin({ f: text(...letters(1, 9), call, ...letters(10, 30)), g: text('g') })
    onFork(() => repo.commit('removes the call', { f: text(...letters(1, 30)) }))
    repo.commit('moves the call', { f: text(...letters(1, 30)), g: text('g', call) })
    const { result, suspects } = await plan()
    expect(result.kind).toBe('question')
    expect(suspects).toEqual([expect.objectContaining({ kind: 'back', lost: [call] })])
  })

  it('what upstream took and moved is not put in twice', async () => {
    const { repo, onFork } = ground
    begin({ f: text(...letters(1, 40)) })
    const block = ['block one', 'block two']
    const took = text(...letters(1, 10), ...block, ...letters(11, 40))
    onFork(() => repo.commit('adds a block', { f: took }))
    repo.commit('adds a block (#1)', { f: took })
    repo.commit('moves it', { f: text(...letters(1, 30), ...block, ...letters(31, 40)) })
    const { patches } = await ground.plan()
    expect(patches[0]).toMatchObject({ verdict: 'landed', suggestion: null })
    expect((await planned('f')).content).toBe(text(...letters(1, 30), ...block, ...letters(31, 40)).trimEnd())
  })

  it('nor what it took and moved to another file', async () => {
    const { repo, onFork, plan } = ground
    begin({ f: text(...letters(1, 40)), g: text('g') })
    const block = ['block one', 'block two']
    const took = text(...letters(1, 10), ...block, ...letters(11, 40))
    onFork(() => repo.commit('adds a block', { f: took }))
    repo.commit('takes it with more', { f: took, h: text('h') })
    repo.commit('moves it', { f: text(...letters(1, 40)), g: text('g', ...block) })
    const { result, patches } = await plan()
    expect(result.kind === 'question' || patches[0]?.verdict === 'landed').toBe(true)
  })

  it.each([
    ['alone', {}],
    ['as part of a squash', { other: text('other') }],
  ])('nor what it took %s before it cleaned up around it', async (_how, beside) => {
    const { repo, onFork, plan } = ground
    const block = (name: string) => [`- name: ${name}`, `  image: ${name}:1`, '  ports: [80]']
    const all = (...names: readonly string[]) => text('services:', ...names.flatMap(block))
    begin({ s: all('db', 'web1', 'proxy') })
    onFork(() => repo.commit('add web2', { s: all('db', 'web1', 'web2', 'proxy') }))
    const landed = repo.commit('add web2 there', { s: all('db', 'web1', 'web2', 'proxy'), ...beside })
    repo.commit('web1 is gone', { s: all('db', 'web2', 'proxy') })
    const { patches } = await plan()
    expect(patches[0]).toMatchObject({ verdict: 'landed', landedAs: [landed], suggestion: null })
    expect((await planned('s')).content).toBe(all('db', 'web2', 'proxy').trimEnd())
  })

  it('a patch that upstream took back is carried, and said to be reverted', async () => {
    const { repo, onFork, plan } = ground
    begin({ f: text(...letters(1, 20)) })
    const took = text(...letters(1, 10), 'ours', ...letters(11, 20))
    onFork(() => repo.commit('ours', { f: took }))
    repo.commit('ours (#1)', { f: took })
    repo.commit('Revert "ours (#1)"', { f: text(...letters(1, 20)) })
    const { result, patches } = await plan()
    expect(result.kind).toBe('done')
    expect(patches[0]).toMatchObject({ verdict: 'unchanged', suggestion: 'reverted-upstream' })
  })

  it('nor has a patch landed that upstream took back and took anew without a line of it', async () => {
    const { repo, onFork, plan } = ground
    const took = (...lines: readonly string[]) => text(...letters(1, 5), ...lines, ...letters(8, 20))
    const original = { f: text(...letters(1, 20)), g: text('g') }
    begin(original)
    onFork(() => repo.commit('ours', { f: took('ours', 'and more'), g: text('g', 'ours, too') }))
    repo.commit('ours (#1)', { f: took('ours', 'and more'), g: text('g', 'ours, too') })
    repo.commit('Revert "ours (#1)"', original)
    repo.commit('ours (#2)', { f: took('ours'), g: text('g', 'ours, too'), h: text('h') })
    const { result, patches } = await plan()
    expect(result.kind).not.toBe('done')
    expect(patches[0]?.verdict).not.toBe('landed')
  })

  it('nor one in whose place upstream put back what was there before', async () => {
    const { repo, onFork, plan } = ground
    begin({ f: text(...letters(1, 9)) })
    onFork(() => repo.commit('ours', { f: text(...letters(1, 9), 'ours', 'and more') }))
    repo.commit('theirs', { f: text(...letters(1, 9), 'theirs') })
    repo.commit('ours instead', { f: text(...letters(1, 9), 'ours', 'and more') })
    repo.commit('Revert "ours instead"', { f: text(...letters(1, 9), 'theirs') })
    const { result, patches } = await plan()
    expect(patches[0]?.verdict).not.toBe('landed')
    expect(result.kind).not.toBe('done')
  })

  it('nor is one that upstream took with what it had removed before, and took back, what the fork took in', async () => {
    const { repo, onFork, plan } = ground
    const [ours, gone] = [['ours', 'and more'], letters(8, 9)]
    begin({ f: text(...letters(1, 9)) })
    onFork(() => repo.commit('ours', { f: text(...letters(1, 8), ...ours, ...letters(9, 9)) }))
    repo.commit('removes two lines', { f: text(...letters(1, 7)) })
    repo.commit('takes ours', { f: text(...letters(1, 7), gone[0] ?? '', ...ours, gone[1] ?? '') })
    repo.commit('Revert "takes ours"', { f: text(...letters(1, 7)) })
    const { result, patches } = await plan()
    expect(patches[0]?.verdict).not.toBe('landed')
    expect(result.kind).not.toBe('done')
  })
})

describe('a patch that undoes another one', () => {
  it('has not landed because upstream never had what it takes back', async () => {
    const { repo, onFork, plan } = ground
    const with5 = (word: string) => text(...letters(1, 4), word, ...letters(6, 20))
    begin({ f: text(...letters(1, 20)), g: text('g') })
    onFork(() => {
      repo.commit('ours', { g: text('g', 'ours') })
      repo.commit('changes line 5', { f: with5('five') })
      repo.commit('Revert "changes line 5"', { f: text(...letters(1, 20)) })
    })
    repo.commit('takes ours', { g: text('g', 'ours') })
    const { result, patches } = await plan()
    expect(result.kind).toBe('done')
    expect(patches.map(({ verdict }) => verdict)).toEqual(['landed', 'unchanged', 'unchanged'])
    expect((await planned('f')).content).toBe(text(...letters(1, 20)).trimEnd())
  })

  it('is made again where upstream took both and the first was carried', async () => {
    const { repo, onFork } = ground
    begin({ f: text(...letters(1, 8)), g: text('g') })
    onFork(() => {
      repo.commit('removes f', { f: '' })
      repo.commit('brings it back', { f: text(...letters(1, 8)) })
      repo.commit('more', { h: text('h') })
    })
    repo.commit('takes the removal', { f: '' })
    repo.commit('and takes it back', { f: text(...letters(1, 8)) })
    const { kind, content } = await planned('f')
    expect(kind === 'done' ? content : '').toBe(kind === 'done' ? text(...letters(1, 8)).trimEnd() : '')
  })
})
