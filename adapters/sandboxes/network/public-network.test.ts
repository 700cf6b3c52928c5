import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, bubblewrapMissing, makeBench } from '../testing.ts'
import { openPublicNetwork, publicNetworkMissing } from './public-network.ts'

const missing = bubblewrapMissing ?? (await publicNetworkMissing())
const python = spawnSync('python3', ['--version']).status === 0

/**
 * A machine with a public and two private addresses and a Temporal port, whose neighbour serves the same addresses' networks
 * and stands for the rest of the world: all of it in namespaces of the test's own.
 */
const world = String.raw`
set -e
ip link set lo up
unshare --net sleep 1000 & world=$!
until [ "$(readlink /proc/$world/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
there() { nsenter --target $world --net -- "$@"; }
ip link add name wan type veth peer name eth0 netns $world
for own in 9.9.9.2/24 192.168.77.1/24 169.254.7.1/16; do ip addr add $own dev wan; done
ip link set wan up
there ip link set lo up
for its in 9.9.9.9/24 192.168.77.9/24 169.254.7.9/16 10.5.5.5/32 192.0.0.8/32; do there ip addr add $its dev eth0; done
there ip link set eth0 up
ip route add default via 9.9.9.9
cat > serve.py <<'END'
import socket, sys, threading
def serve(port, word):
    s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('0.0.0.0', port)); s.listen(50)
    while True:
        c, _ = s.accept(); c.sendall(word); c.close()
def echo(port, word):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('0.0.0.0', port))
    while True:
        _, a = s.recvfrom(500); s.sendto(word, a)
def names():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.53', 53))
    while True:
        q, a = s.recvfrom(500)
        s.sendto(q[:2] + b'\x81\x80\0\1\0\1\0\0\0\0' + q[12:q.index(b'\0', 12) + 5] + b'\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x09\x09\x09\x09', a)
word = sys.argv[1].encode()
for target, args in [(serve, (7233, word)), (echo, (7234, word))] + ([(names, ())] if sys.argv[2] == 'names' else []):
    threading.Thread(target=target, args=args).start()
END
python3 serve.py this-machine names & there python3 serve.py world none &
printf 'nameserver 127.0.0.53\n' > resolv.conf
mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
until (exec 3<>/dev/tcp/127.0.0.1/7233) 2>/dev/null && (exec 3<>/dev/tcp/9.9.9.9/7233) 2>/dev/null; do sleep 0.05; done
exec "$NODE" run.mts
`

/** Tries addresses by TCP and UDP, by the routes and past them. */
const tries = String.raw`python3 - <<'END'
import socket, time
from concurrent.futures import ThreadPoolExecutor
def ask(kind, address, device):
    s = socket.socket(socket.AF_INET, kind); s.settimeout(5)
    try:
        if device: s.setsockopt(socket.SOL_SOCKET, 25, device.encode() + b'\0')
        s.connect((address, 7233 if kind == socket.SOCK_STREAM else 7234))
        if kind == socket.SOCK_DGRAM: s.send(b'?')
        return s.recv(50).decode() or 'nothing'
    except Exception as e:
        return 'closed'
    finally:
        s.close()
# On a busy machine the first answer may take longer than the wait for one that never comes.
until = time.monotonic() + 90
while ask(socket.SOCK_STREAM, '9.9.9.9', '') != 'world' and time.monotonic() < until: pass
while ask(socket.SOCK_DGRAM, '9.9.9.9', '') != 'world' and time.monotonic() < until: pass
addresses = ['9.9.9.9', '9.9.9.2', '192.168.77.1', '192.168.77.9', '169.254.7.1', '169.254.7.9', '10.5.5.5', '127.0.0.1',
             '127.0.0.53', '0.0.0.0', '192.0.0.1', '192.0.0.2', '192.0.0.5', '192.0.0.6', '192.0.0.8', '172.17.0.1', '255.255.255.255']
asked = [(a, k, d) for a in addresses for k in [socket.SOCK_STREAM, socket.SOCK_DGRAM] for d in ['', 'up0', 'lo']]
with ThreadPoolExecutor(40) as pool:
    for (a, k, d), said in zip(asked, pool.map(lambda each: ask(each[1], each[0], each[2]), asked)):
        print(a, k.name, d or '-', said)
print('name', socket.gethostbyname('registry.example.org'))
print('v6', [a for a in open('/proc/net/if_inet6').read().split('\n') if a and ' lo' not in a and not a.startswith('fe80')])
END
ls /sys/class/net 2>/dev/null; cat /etc/resolv.conf; ip route replace default dev lo 2>&1 || true`

describe.skipIf(missing !== null || !python)(
  `a box with \`network: true\`${missing === null ? '' : ` (skipped: ${missing})`}${python ? '' : ' (skipped: python3 is not here)'}`,
  () => {
    let bench: Bench
    beforeEach(async () => {
      bench = await makeBench()
    })
    afterEach(() => bench.remove())

    it('reaches the world, and neither this machine, by any address, nor a private network', () => {
      writeFileSync(join(bench.folder, 'run.mts'), bench.programThatRuns('bubblewrap', tries, true))
      const argv = [
        '--user',
        '--map-root-user',
        '--net',
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
      ]
      const run = spawnSync('unshare', [...argv, 'bash', '-c', world], {
        cwd: bench.folder,
        env: { ...process.env, NODE: process.execPath },
        encoding: 'utf8',
        timeout: 200_000,
      })
      const output = readFileSync(join(bench.folder, 'log'), 'utf8')
      expect(run.stderr).not.toMatch(/Error/)
      const rows = output.split('\n').filter((line) => /SOCK_/.test(line))
      expect(rows).toHaveLength(17 * 6)
      const reached = rows.filter((row) => !row.endsWith('closed') && !row.endsWith('nothing'))
      expect(reached).toEqual([
        '9.9.9.9 SOCK_STREAM - world',
        '9.9.9.9 SOCK_STREAM up0 world',
        '9.9.9.9 SOCK_DGRAM - world',
        '9.9.9.9 SOCK_DGRAM up0 world',
      ])
      expect(output).toContain('name 9.9.9.9\n')
      expect(output).toContain('nameserver 192.0.0.8\n')
      expect(output).toMatch(/v6 \[\]/)
    }, 240_000)

    it('leaves no process behind', async () => {
      const network = await openPublicNetwork()
      const marks = () =>
        spawnSync('pgrep', ['-f', 'undrift-box-network']).stdout.toString().trim().split('\n').filter(Boolean)
      expect(network.enter).toContain('--net')
      await network.close()
      await expect.poll(marks, { timeout: 20_000 }).toEqual([])
    })
  },
)

it('says what to install where the programs are missing', async () => {
  const path = process.env.PATH
  try {
    process.env.PATH = '/nowhere'
    const words = await publicNetworkMissing()
    expect(words).toMatch(/`pasta`.*(Install the packages passt|util-linux)/s)
  } finally {
    process.env.PATH = path
  }
})
