import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { UndriftError } from '../../../domain/errors.ts'
import { notPublicIPv4 } from '../../feeds/http/address-rules.ts'
import { findProgram } from '../find-program.ts'
import { descendants, isRunning } from '../process-tree.ts'
import type { BoxNetwork } from './box-network.ts'

/** The IPv4 dummy address of RFC 7600: nobody's. What asks it on port 53 is handed to this machine's name server. */
const nameServer = '192.0.0.8'
const innerMark = 'undrift-box-network'
const programs = { pasta: 'passt', ip: 'iproute2', unshare: 'util-linux', nsenter: 'util-linux' } as const
const startMs = 15_000

/** What is missing, and what to install. */
export async function publicNetworkMissing(): Promise<string | null> {
  const lacks = Object.entries(programs).filter(([name]) => programAt(name) === null)
  if (lacks.length > 0) {
    const names = lacks.map(([name]) => `\`${name}\``).join(', ')
    const packages = [...new Set(lacks.map(([, from]) => from))].join(', ')
    return `\`network: true\` needs ${names} for a network that ends at this machine's door. Install the packages ${packages}, or write \`network: { allow: [HOST] }\`, which needs none.`
  }
  if (!isUsable('/dev/net/tun'))
    return '`network: true` needs the device /dev/net/tun, which is not here or not open to this user; a container must be given it.'
  try {
    const trial = [
      '--user',
      '--map-root-user',
      '--net',
      programAt('ip') ?? 'ip',
      'link',
      'add',
      'name',
      'a1',
      'type',
      'veth',
      'peer',
      'name',
      'b1',
    ]
    await promisify(execFile)(programAt('unshare') ?? 'unshare', trial, { env: {}, timeout: 30_000 })
    return null
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim() || String(error)
    return `\`network: true\` needs network namespaces with a veth pair, and this machine says: ${words}`
  }
}

function isUsable(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Administration's programs lie where a plain user's PATH does not go. */
function programAt(name: string): string | null {
  return findProgram(name) ?? findProgram(name, '/usr/sbin:/sbin')
}

/**
 * Two network namespaces, one behind the other. The box is in the inner one, which it cannot configure. All it sends goes
 * through the outer one, whose routes refuse what is not public and every address of this machine, and from there to
 * pasta, which opens connections for it from outside. One namespace would not do: a program may bind a socket to a
 * device, and the kernel then asks no route that refuses. IPv4 alone, so that there is one list of what is closed.
 */
const script = String.raw`
set -e
mount -t tmpfs -o size=64k tmpfs /mnt
printf 'nameserver %s\n' "$REAL_DNS" >/mnt/resolv.conf
if [ -n "$REAL_DNS" ]; then mount --bind /mnt/resolv.conf "$(readlink -f /etc/resolv.conf)" || true; fi
unshare --net /bin/sh -c 'while :; do sleep 100000; done' outer &
outer=$!
in_outer() { nsenter --target "$outer" --net -- "$@"; }
here=$(readlink /proc/self/ns/net)
until there=$(readlink /proc/$outer/ns/net) && [ "$there" != "$here" ]; do sleep 0.01; done
# Pasta gives up the rights by which it could open the namespace of a process, and opens that of a file.
: >/mnt/outer && mount --bind /proc/$outer/ns/net /mnt/outer
"$PASTA" --foreground --quiet --ipv4-only --no-map-gw --ns-ifname tap0 --address 192.0.0.2 --netmask 30 \
  --dns-forward "$NAME_SERVER" --tcp-ports none --udp-ports none --tcp-ns none --udp-ns none \
  --no-dhcp --no-dhcpv6 --no-ndp --no-ra --netns-only --netns /mnt/outer &
pasta=$!
in_outer ip link set lo up
until in_outer ip link show dev tap0 >/dev/null 2>&1; do kill -0 $pasta; sleep 0.02; done
in_outer ip addr add 192.0.0.2/32 dev tap0
in_outer ip link set tap0 up
for range in $CLOSED; do in_outer ip route replace prohibit "$range"; done
in_outer ip route add "$NAME_SERVER/32" dev tap0 table 53
for kind in udp tcp; do in_outer ip rule add to "$NAME_SERVER" ipproto $kind dport 53 lookup 53; done
in_outer ip route replace default dev tap0
nsenter --target "$outer" --net -- unshare --net /bin/sh -c 'while :; do sleep 100000; done' "$MARK" &
inner=$!
in_inner() { nsenter --target "$inner" --net -- "$@"; }
until there=$(readlink /proc/$inner/ns/net) && [ "$there" != "$here" ] && [ "$there" != "$(readlink /proc/$outer/ns/net)" ]; do sleep 0.01; done
in_outer ip link add name box type veth peer name up0 netns "$inner"
in_outer ip addr add 192.0.0.5/30 dev box
in_outer ip link set box up
in_inner ip link set lo up
in_inner ip addr add 192.0.0.6/30 dev up0
in_inner ip link set up0 up
in_inner ip route add default via 192.0.0.5
in_outer /bin/sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
echo ready
wait $pasta
`

/** Opens a network that reaches public addresses and nothing else. */
export async function openPublicNetwork(): Promise<BoxNetwork> {
  const tie = findProgram('setpriv')
  const argv = [
    ...(tie === null ? [] : [tie, '--pdeathsig', 'KILL', '--']),
    programAt('unshare') ?? 'unshare',
    ...['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['/bin/sh', '-c', script],
  ]
  const child = spawn(argv[0] as string, argv.slice(1), {
    cwd: '/',
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      PASTA: programAt('pasta') ?? 'pasta',
      NAME_SERVER: nameServer,
      REAL_DNS: realNameServer(),
      CLOSED: closedRanges().join(' '),
      MARK: innerMark,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-1_000)
  })
  const ended = once(child, 'exit').then(() => 'ended' as const)
  const close = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const deadline = AbortSignal.timeout(startMs)
  const ready = once(createInterface({ input: child.stdout }), 'line', { signal: deadline }).then(
    () => 'ready' as const,
    () => 'late' as const,
  )
  const outcome = await Promise.race([ended, ready]).catch((cause: Error) => {
    words = cause.message
    return 'ended' as const
  })
  const inner = outcome === 'ready' ? innerProcess(child.pid ?? 0) : null
  if (inner === null) {
    if (child.pid !== undefined && isRunning(child.pid)) await close()
    throw new UndriftError(
      'UNDRIFT_E_SANDBOX',
      `The network of the box could not be made: ${words.trim() || outcome}`,
    )
  }
  const enter = [
    programAt('nsenter') ?? 'nsenter',
    '--target',
    `${inner}`,
    '--user',
    '--net',
    '--preserve-credentials',
    '--',
  ]
  return { enter, nameServer, environment: {}, close }
}

/** The process that holds the inner namespace, as this machine counts. */
function innerProcess(root: number): number | null {
  const isInner = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(innerMark)
    } catch {
      return false
    }
  }
  return descendants(root).find(isInner) ?? null
}

/** What is not public, and this machine's own addresses, which are at times. */
function closedRanges(): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return [
    ...notPublicIPv4,
    ...own.flatMap(({ family, address }) => (family === 'IPv4' ? [`${address}/32`] : [])),
  ]
}

/** The first name server of this machine; it may lie on the loopback interface. */
function realNameServer(): string {
  try {
    const servers = readFileSync('/etc/resolv.conf', 'utf8').matchAll(
      /^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm,
    )
    return [...servers][0]?.[1] ?? ''
  } catch {
    return ''
  }
}
