import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchUpstream } from '../mirror/fetch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { cloneRepo, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { newerBase } from './newer-base.ts'

let folder: TestFolder
let upstream: TestRepo
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => folder.remove())

function access(repo: TestRepo): RemoteAccess {
  return { remote: { name: 'git', url: repo.dir, token: null }, secret: null }
}

function release(tag: string, branch = 'main'): void {
  upstream.git('checkout', '-q', '-B', branch, ...(branch === 'main' ? [] : [branch]))
  upstream.commit(`Release ${tag}`, { version: tag })
  upstream.git('tag', '-a', '-m', tag, tag)
}

/** A fork with one patch on top of a tag asks what a release would be to it. */
async function look(
  base: string,
  tag: string,
  rules: { prefix?: string; range?: string; ignore?: string; scheme?: string } = {},
  there?: ReadonlySet<string>,
) {
  const fork = cloneRepo(upstream.dir, join(folder.path, `fork-${base}-${tag}-${there?.size ?? 0}`))
  fork.git('checkout', '-q', '-B', 'ours', base)
  fork.commit('Ours', { ours: 'x' })
  const fetched = await fetchUpstream(mirror, access(upstream), { tag })
  if (fetched.kind !== 'ok') throw new Error(fetched.kind)
  await fetchRefs(mirror, access(fork), [`+refs/heads/ours:refs/fork/x`])
  const found = await newerBase(mirror, {
    head: fork.oid('ours'),
    release: fetched.release,
    rules: { prefix: 'v', prereleases: false, ...rules },
    ...(there && { there }),
  })
  return found?.tag ?? null
}

describe('newerBase', () => {
  it('names the newer release that the branch stands on, contained or on another branch of upstream', async () => {
    release('v1.0.0')
    upstream.git('branch', 'lts')
    release('v2.0.0')
    release('v1.0.1', 'lts')
    expect(await look('v2.0.0', 'v1.0.0')).toBe('v2.0.0')
    expect(await look('v2.0.0', 'v1.0.1')).toBe('v2.0.0')
    expect(await look('v1.0.0', 'v1.0.1')).toBeNull()
    expect(await look('v1.0.0', 'v2.0.0')).toBeNull()
  })

  it('goes by commits where the rules do, and not by names', async () => {
    release('zebra')
    release('apple')
    const rules = { prefix: '', scheme: 'commit' }
    expect(await look('apple', 'zebra', rules)).toBe('apple')
    expect(await look('zebra', 'apple', rules)).toBeNull()
  })

  it('has nothing against the release that the branch stands on, by whatever name it goes', async () => {
    release('v1.0.0')
    upstream.git('tag', 'v1.0.1')
    expect(await look('v1.0.0', 'v1.0.0')).toBeNull()
  })

  it('is not misled by an early pre-release that upstream passed since', async () => {
    release('v2.0.0-alpha.1')
    release('v1.8.0')
    release('v1.9.0')
    expect(await look('v1.8.0', 'v1.9.0')).toBeNull()
    expect(await look('v2.0.0-alpha.1', 'v1.9.0')).toBe('v2.0.0-alpha.1')
  })

  it('orders by the scheme alone: a range does not hide what the branch stands on, other tags do not count', async () => {
    release('v1.0.0')
    release('v2.0.0')
    release('nightly-9')
    expect(await look('nightly-9', 'v1.0.0', { range: '<2' })).toBe('v2.0.0')
    expect(await look('v2.0.0', 'v1.0.0', { ignore: '^v2' })).toBeNull()
    expect(await look('v2.0.0', 'nightly-9')).toBeNull()
  })

  it('does not count a tag that upstream deleted since: a mistake that was promoted bounds no line', async () => {
    release('v3.6.3')
    release('v3.7.0')
    release('v3.6.4')
    expect(await look('v3.7.0', 'v3.6.4')).toBe('v3.7.0')
    expect(await look('v3.7.0', 'v3.6.4', {}, new Set(['v3.6.3', 'v3.6.4']))).toBeNull()
  })
})
