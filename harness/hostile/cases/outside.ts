import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { utimes } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { parseFeed } from '../../../adapters/feeds/atom/parse-feed.ts'
import { checkSignature } from '../../../client/http/signature.ts'
import { defaultLimits } from '../../../domain/limits.ts'
import { fetchUpstream, listRemote, onSoundMirror, openMirror, withMirrorLock } from '../../../git/index.ts'
import { demand, type HostileCase, refusedWith } from '../hostile-case.ts'
import { hostileRepository } from '../hostile-git.ts'

const secret = 'a long secret of a webhook'
const body = Buffer.from('{"action":"published"}')
const digest = createHmac('sha256', secret).update(body).digest('hex')

function verdict(headers: Record<string, string>, said = body): string {
  return checkSignature({ headers, body: said }, { secret, now: Date.now() })
}

/** Remotes, feeds and webhooks. */
export const outside: readonly HostileCase[] = [
  {
    name: 'deaf remote',
    tries: 'a host that takes the connection and never says a word',
    run: async ({ folder }) => {
      const deaf = createServer(() => {}).listen(0, '127.0.0.1')
      await once(deaf, 'listening')
      const url = `ssh://git@127.0.0.1:${(deaf.address() as AddressInfo).port}/x.git`
      const limits = { ...defaultLimits, idleSeconds: 1 }
      const mirror = await openMirror({ path: join(folder, 'mirror.git'), limits })
      const access = { remote: { name: 'deaf', url, token: null }, secret: null }
      try {
        return await refusedWith('UNDRIFT_E_REMOTE', () => listRemote(mirror, access, ['refs/heads/*']))
      } finally {
        deaf.close()
      }
    },
  },
  {
    name: 'truncated pack',
    tries: 'a power failure that leaves a mirror with half of its packs',
    run: async ({ folder }) => {
      const repository = hostileRepository(folder)
      repository.git([
        'tag',
        'v1',
        repository.commit(repository.tree([['100644', 'a', repository.blob('a')]])),
      ])
      const path = join(folder, 'mirror.git')
      const work = async () => fetchUpstream(await openMirror({ path }), repository.access, { tag: 'v1' })
      await work()
      const packs = join(path, 'objects', 'pack')
      for (const name of readdirSync(packs).filter((each) => each.endsWith('.pack'))) {
        chmodSync(join(packs, name), 0o600)
        truncateSync(join(packs, name), 20)
      }
      demand((await onSoundMirror({ path }, work)).kind === 'ok', 'the mirror did not heal')
      return 'set aside and fetched anew'
    },
  },
  {
    name: 'empty lock',
    tries: 'a lock whose content never reached the disk',
    run: async ({ folder }) => {
      const mirror = await openMirror({ path: join(folder, 'mirror.git') })
      const lock = join(mirror.path, 'undrift-fetch.lock')
      writeFileSync(lock, '')
      const old = new Date(Date.now() - 60_000)
      await utimes(lock, old, old)
      return withMirrorLock(mirror, async () => 'taken over', { purpose: 'fetch', waitMs: 1_000 })
    },
  },
  {
    name: 'entity bomb',
    tries: 'a feed whose entities name each other',
    run: async () => {
      const xml = '<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><feed>&b;</feed>'
      const parsed = await parseFeed(xml, { milliseconds: 2_000, signal: new AbortController().signal })
      demand(parsed.kind === 'invalid', `the feed was read: ${parsed.kind}`)
      return 'feed-invalid'
    },
  },
  {
    name: 'quadratic feed',
    tries: 'a feed of 3 MB of opening brackets',
    run: async () => {
      const xml = `<feed>${'<a '.repeat(1_000_000)}`
      const began = performance.now()
      const parsed = await parseFeed(xml, { milliseconds: 1_000, signal: new AbortController().signal })
      demand(parsed.kind !== 'entries', `the feed was read: ${parsed.kind}`)
      demand(performance.now() - began < 15_000, 'it took too long')
      return parsed.kind
    },
  },
  {
    name: 'webhooks that are not signed, or not so',
    tries: 'no signature, another secret, another body, a wrong one beside a right one',
    run: async () => {
      const right = { 'x-hub-signature-256': `sha256=${digest}` }
      const said = [
        verdict({}),
        verdict({ 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }),
        verdict(right, Buffer.from('{}')),
        verdict({ ...right, 'x-gitea-signature': 'nonsense' }),
      ]
      demand(verdict(right) === 'valid', 'the right one was refused')
      demand(!said.includes('valid'), `taken: ${said.join(', ')}`)
      return said.join(', ')
    },
  },
]
