import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, bubblewrapMissing, makeBench } from '../testing.ts'
import type { AskedFor } from './asked-for.ts'
import { namedHostsMissing } from './named-hosts.ts'

const missing = bubblewrapMissing ?? (await namedHostsMissing())
const curl = spawnSync('curl', ['--version']).status === 0

describe.skipIf(missing !== null || !curl)(
  `a box that reaches named hosts${missing === null ? '' : ` (skipped: ${missing})`}${curl ? '' : ' (skipped: curl is not here)'}`,
  () => {
    let bench: Bench
    let server: Server
    let port = 0
    let asked: AskedFor[] = []

    beforeAll(async () => {
      server = createServer((request, response) =>
        response.end(`${request.method} ${request.headers.host}${request.url}\n`),
      )
      server.listen(0, '0.0.0.0')
      await once(server, 'listening')
      port = (server.address() as AddressInfo).port
    })
    afterAll(() => void server.close())
    beforeEach(async () => {
      bench = await makeBench()
      asked = []
    })
    afterEach(() => bench.remove())

    const run = (command: string, allow: readonly string[]) =>
      bench.run('bubblewrap', command, { network: { allow }, onAsked: (each) => asked.push(each) })
    // The box's own list of hosts that need no proxy is the usual one; these servers lie just there.
    const ask = (url: string, options = '') => `curl -sS --noproxy "" -m 20 ${options} ${url}`

    it('asks for a page and a tunnel through the proxy, which tells of both', async () => {
      const url = `http://localhost:${port}/a?b`
      const { output } = await run(`${ask(url)}; ${ask(url, '--proxytunnel')}`, ['localhost'])
      expect(output).toBe(`GET localhost:${port}/a?b\n`.repeat(2))
      expect(asked).toEqual([
        { place: `localhost:${port}`, refused: null },
        { place: `localhost:${port}`, refused: null },
      ])
    })

    it.each([
      [
        'another name',
        'http://elsewhere.example.org/',
        'elsewhere.example.org:80',
        '`network.allow` does not name it',
      ],
      [
        'this machine by an address',
        'http://127.0.0.1:PORT/',
        '127.0.0.1:PORT',
        '`network.allow` does not name it',
      ],
      [
        'this machine in disguise',
        'http://2130706433:PORT/',
        '127.0.0.1:PORT',
        '`network.allow` does not name it',
      ],
      [
        'this machine by IPv6',
        'http://[::ffff:127.0.0.1]:PORT/',
        '[::ffff:7f00:1]:PORT',
        '`network.allow` does not name it',
      ],
    ])('does not reach %s', async (_, address, place, refused) => {
      const url = address.replace('PORT', `${port}`)
      const { output } = await run(`${ask(url)}; ${ask(url, '--proxytunnel')}; echo end`, [
        'registry.example.org',
      ])
      expect(output).not.toContain('GET')
      expect(output).toContain(`Undrift: ${refused}`)
      expect(asked).toEqual(
        Array.from({ length: 2 }, () => ({ place: place.replace('PORT', `${port}`), refused })),
      )
    })

    it('reaches an address that is named, and a block of them', async () => {
      const { output } = await run(
        `${ask(`http://127.0.0.1:${port}/`)}; ${ask(`http://127.1.2.3:${port}/`)}`,
        ['127.0.0.0/8'],
      )
      expect(output).toBe(`GET 127.0.0.1:${port}/\nGET 127.1.2.3:${port}/\n`)
    })

    it('does not reach this machine by a name that leads to it', async () => {
      // Every name below this one is looked up as the loopback interface where the resolver knows RFC 6761.
      const { output } = await run(
        `${ask(`http://here.localhost:${port}/`, '-x http://127.0.0.1:3128')}; echo end`,
        ['here.localhost'],
      )
      expect(output).toMatch(/Undrift: its name (leads to this machine itself|has no address)\nend/)
    })

    it('reaches nothing past the proxy', async () => {
      const tcp = createTcpServer((socket) => socket.end('reached\n')).listen(0, '0.0.0.0')
      await once(tcp, 'listening')
      const { port: open } = tcp.address() as AddressInfo
      const { output } = await run(
        `bash -c 'cat < /dev/tcp/127.0.0.1/${open}; cat < /dev/tcp/192.0.2.2/${open}'; cat /proc/net/route | wc -l; cat /etc/resolv.conf`,
        ['localhost'],
      )
      tcp.close()
      expect(output).not.toContain('reached')
      expect(output).toMatch(/^1$/m)
    })

    it('leaves no process and no socket behind', async () => {
      await run('true', ['localhost'])
      const left = spawnSync('pgrep', ['-f', 'undrift-proxy-']).stdout.toString()
      expect(left).toBe('')
    })
  },
)
