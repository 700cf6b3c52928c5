import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { request } from 'undici'
import { addressRules } from '../../../adapters/feeds/http/address-rules.ts'
import { guardedAgent, RefusedAddressError } from '../../../adapters/feeds/http/guarded-agent.ts'
import type { Oid } from '../../../domain/patch.ts'
import { openMirror, push } from '../../../git/index.ts'
import { missingForHttps, serveGit, serveHttps } from '../../../git/mirror/https-testing.ts'
import { demand, type HostileCase, type HostilePlace, refusedWith } from '../hostile-case.ts'
import { hostileRepository } from '../hostile-git.ts'

const token = 'hostile-row-token-0815'

/** Pushes with a token to a host that redirects to another one, which answers as Git does; nothing may arrive there. */
async function pushMoved({ folder }: HostilePlace, pattern: RegExp, status: number): Promise<string> {
  for (const name of ['served', 'elsewhere']) {
    mkdirSync(join(folder, name))
    hostileRepository(join(folder, name), 'x.git').git(['config', 'http.receivepack', 'true'])
  }
  let there = ''
  const remotes = await serveHttps(folder, (asked, response) => {
    if (!pattern.test(`${asked.method} ${asked.url}`)) return false
    response.writeHead(status, { location: `${there}${asked.url}` }).end()
    return true
  })
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name)))
  const arrived: string[] = []
  const other = createServer({ key, cert }, (asked, response) => {
    arrived.push(`${asked.method} ${asked.url}`)
    serveGit(asked, response, join(folder, 'elsewhere'))
  })
  try {
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    there = `https://localhost:${(other.address() as AddressInfo).port}`
    const mirror = await openMirror({ path: join(folder, 'mirror.git') })
    const own = hostileRepository(folder, 'mirror.git')
    const commit = own.commit(own.tree([['100644', 'private', own.blob('a private line')]]))
    const remote = { name: 'origin', url: `${remotes.origin}/x.git`, token: null }
    const update = { ref: 'refs/heads/candidate', to: commit as Oid, expected: null }
    const by = await refusedWith('UNDRIFT_E_MOVED', () => push(mirror, { remote, secret: token }, [update]))
    demand(arrived.length === 0, `arrived at the other host: ${arrived.join(', ')}`)
    return `${by}, nothing arrived`
  } finally {
    other.closeAllConnections()
    other.close()
    remotes.close()
  }
}

const missing = missingForHttps.length === 0 ? null : `${missingForHttps.join(', ')} is not here`

/** Where a host leads elsewhere. */
export const redirects: readonly HostileCase[] = [
  {
    name: 'push redirected at once',
    tries: 'a remote whose first answer sends a push, its token and its code to another host',
    missing,
    run: (place) => pushMoved(place, /./, 302),
  },
  {
    name: 'push redirected late',
    tries: 'a remote that redirects only the request with the pack',
    missing,
    run: (place) => pushMoved(place, /^POST .*git-receive-pack/, 307),
  },
  {
    name: 'feed whose name leads home',
    tries: 'a host name that is looked up as an address of this machine (rebinding)',
    run: async () => {
      let hits = 0
      const server = createPlainServer((_, response) => {
        hits += 1
        response.end('reached')
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const agent = guardedAgent(addressRules([]))
      try {
        const url = `http://localhost:${(server.address() as AddressInfo).port}/`
        const failed = await request(url, { dispatcher: agent }).then(
          () => null,
          (error: unknown) => error,
        )
        demand(failed instanceof RefusedAddressError && hits === 0, `${hits} requests arrived: ${failed}`)
        return 'the address that is connected to is looked at, not the name'
      } finally {
        await agent.close()
        server.close()
      }
    },
  },
]
