import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { UndriftError } from '../../../domain/errors.ts'
import { addressRules } from '../../feeds/http/address-rules.ts'
import { findProgram } from '../find-program.ts'
import { descendants, isRunning } from '../process-tree.ts'
import type { AskedFor } from './asked-for.ts'
import type { BoxNetwork } from './box-network.ts'
import { createProxy } from './proxy.ts'

const port = 3128
const startMs = 15_000

/** What is missing, and what to install. */
export function namedHostsMissing(): Promise<string | null> {
  const words = '`network: { allow: … }` needs the program `nsenter`. Install the package util-linux.'
  return Promise.resolve(findProgram('nsenter') === null ? words : null)
}

/**
 * Opens a network with nothing in it but the way to a proxy of this process, which goes to the named hosts. A namespace
 * in which a small program listens comes first, made by bubblewrap, because that brings the loopback interface up.
 */
export async function openNamedHosts(
  allow: readonly string[],
  onAsked: (asked: AskedFor) => void,
): Promise<BoxNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'undrift-proxy-'))
  const socket = join(folder, 'proxy')
  const proxy = createProxy(addressRules(allow), onAsked)
  proxy.listen(socket)
  await once(proxy, 'listening')
  const module = import.meta.url.endsWith('.ts') ? './forward.ts' : './forward.js'
  const program = fileURLToPath(new URL(module, import.meta.url))
  const child = spawn(
    findProgram('bwrap') ?? 'bwrap',
    [
      ...['--unshare-user', '--unshare-net', '--unshare-pid', '--as-pid-1', '--die-with-parent'],
      ...['--dev-bind', '/', '/', '--proc', '/proc', '--', process.execPath, program, socket, `${port}`],
    ],
    { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-1_000)
  })
  const ended = once(child, 'exit').then(() => 'ended' as const)
  const close = async () => {
    if (child.pid !== undefined && isRunning(child.pid)) {
      child.kill('SIGKILL')
      await ended
    }
    proxy.closeAllConnections()
    proxy.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const signal = AbortSignal.timeout(startMs)
  const ready = once(createInterface({ input: child.stdout }), 'line', { signal }).then(
    () => 'ready' as const,
    () => 'late' as const,
  )
  const outcome = await Promise.race([ended, ready]).catch(() => 'ended' as const)
  const inside = outcome === 'ready' ? descendants(child.pid ?? 0).at(-1) : undefined
  if (inside === undefined) {
    await close()
    throw new UndriftError(
      'UNDRIFT_E_SANDBOX',
      `The network of the box could not be made: ${words.trim() || outcome}`,
    )
  }
  const url = `http://127.0.0.1:${port}`
  const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
  const own = {
    no_proxy: 'localhost,127.0.0.1,::1',
    NO_PROXY: 'localhost,127.0.0.1,::1',
    NODE_USE_ENV_PROXY: '1',
  }
  return {
    enter: [
      findProgram('nsenter') ?? 'nsenter',
      '--target',
      `${inside}`,
      '--user',
      '--net',
      '--preserve-credentials',
      '--',
    ],
    nameServer: null,
    environment: { ...Object.fromEntries(names.map((name) => [name, url])), ...own },
    close,
  }
}
