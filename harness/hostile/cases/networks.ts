import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { namedHostsMissing } from '../../../adapters/sandboxes/network/named-hosts.ts'
import { publicNetworkMissing } from '../../../adapters/sandboxes/network/public-network.ts'
import type { NetworkRule } from '../../../domain/settings.ts'
import { demand, type HostileCase } from '../hostile-case.ts'
import { onBench } from '../in-box.ts'

/** The addresses of this machine and of its neighbours that a box must not reach. */
const own = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ family }) => family === 'IPv4')
  .map(({ address }) => address)
const forbidden = [...new Set(['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.2.2', '192.0.0.8', ...own])]

interface NetworkAttack {
  readonly tries: string
  readonly network: NetworkRule
  readonly missing: string | null
  /** Makes the command for the port of a server of this machine that listens on every address. */
  readonly command: (port: number) => string
  readonly by: string
  /** What shows that the attack was tried; every command ends with these words. */
  readonly shows?: string
}

/** A command in a box with a network, which must not reach a server of this machine. */
function inNetwork(
  name: string,
  { tries, network, missing, command, by, shows = 'tried all' }: NetworkAttack,
): HostileCase {
  return onBench({ name, tries, missing }, async (bench) => {
    let hits = 0
    const server = createServer((socket) => {
      hits += 1
      socket.end('reached\n')
    }).listen(0, '0.0.0.0')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const said = await bench.run('bubblewrap', command(port), { network })
      demand(said.output.includes(shows), `it was not tried: ${said.output.slice(-300)}`)
      demand(hits === 0 && !said.output.includes('reached'), `${hits} times: ${said.output.slice(-300)}`)
      return by
    } finally {
      server.close()
    }
  })
}

/** Bash that connects to each address, one beside the other, for two seconds at most. */
function connectTo(addresses: readonly string[], port: number): string {
  const each = `timeout 2 bash -c 'cat < /dev/tcp/'$address'/${port}' 2>/dev/null &`
  return `for address in ${addresses.join(' ')}; do ${each} done; wait; echo tried all`
}

/** What a check with a network must not reach. */
export const networks: readonly HostileCase[] = [
  inNetwork('network: true, this machine', {
    tries: 'reach a server of this machine by the loopback interface and each of its addresses',
    network: true,
    missing: await publicNetworkMissing(),
    command: (port) => connectTo(forbidden, port),
    by: 'a network of its own without private ranges',
  }),
  inNetwork('network: true, the cloud', {
    tries: 'ask the cloud for credentials',
    network: true,
    missing: await publicNetworkMissing(),
    command: () => connectTo(['169.254.169.254'], 80),
    by: 'a network of its own without link-local addresses',
  }),
  inNetwork('network: allow, past the proxy', {
    tries: 'connect without the proxy',
    network: { allow: ['localhost'] },
    missing: await namedHostsMissing(),
    command: (port) => connectTo(forbidden, port),
    by: 'no network but the proxy',
  }),
  inNetwork('network: allow, by the proxy', {
    tries: 'have the proxy connect to this machine, by names and addresses that the config does not name',
    network: { allow: ['registry.example.org', '*.localhost'] },
    missing: await namedHostsMissing(),
    command: (port) => {
      const places = ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'localhost', '0.0.0.0']
      const ask = (place: string) =>
        `timeout 3 bash -c 'exec 3<>/dev/tcp/127.0.0.1/3128; printf "CONNECT ${place}:${port} HTTP/1.1\\r\\n\\r\\n" >&3; cat <&3' 2>/dev/null &`
      return `${places.map(ask).join('\n')}\nwait; echo tried all`
    },
    by: 'the names of `network.allow`',
    shows: 'Undrift: `network.allow` does not name it',
  }),
]
