import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import type { BoxNetwork } from './network/box-network.ts'
import { threadLimit } from './supervise.ts'
import type { SandboxCommand, SandboxLimits } from './types.ts'

/** Where bubblewrap reads the files that are made for the box, and where it writes how the box is doing. */
export const descriptors = {
  passwd: 3,
  group: 4,
  hosts: 5,
  status: 6,
  filter: 7,
  resolver: 8,
  names: 9,
} as const

/** Nobody's number: tools that find themselves to be root change owners and drop rights, which fails in a box. */
const boxUser = 1000

/** Bytes of memory that the box's /dev/shm may take. */
const sharedBytes = Math.min(1024 ** 3, Math.floor(totalmem() / 8))

export const boxFiles = {
  passwd: `box:x:${boxUser}:${boxUser}:box:/tmp/home:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n`,
  group: `box:x:${boxUser}:\nnogroup:x:65534:\n`,
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
  names: 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n',
} as const

/** What programs need of /etc and everybody may read. Whole folders only where no secret is kept in them. */
const publicEtc = [
  'alternatives',
  'ca-certificates',
  'crypto-policies',
  'debian_version',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'os-release',
  'perl',
  'pki/ca-trust',
  'pki/tls/cert.pem',
  'pki/tls/certs',
  'protocols',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'timezone',
]

/** The arguments that make the box of safety rules around one shell command. */
export function bubblewrapArguments(command: SandboxCommand, network: BoxNetwork): string[] {
  return [
    ...['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
    // Where a network was made for the box, it is in there already.
    ...(network.enter.length === 0 ? ['--unshare-net'] : []),
    ...['--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--uid', `${boxUser}`, '--gid', `${boxUser}`, '--hostname', 'box'],
    ...['--ro-bind', '/usr', '/usr', ...topLevel()],
    // Read-only, because a box made by root owns the kernel's settings in /proc/sys, capabilities or not.
    ...['--proc', '/proc', ...hidden('/proc/keys', '/proc/key-users'), '--remount-ro', '/proc'],
    ...['--dev', '/dev', ...ownTmpfs('/dev/shm'), '--remount-ro', '/dev'],
    ...['--bind', command.temporary, '/tmp'],
    ...etc(),
    ...workTree(command.cwd),
    ...command.readOnly.flatMap((path) => ['--ro-bind', path, path]),
    ...['--remount-ro', '/', '--chdir', command.cwd],
    ...environment({ ...network.environment, ...command.environment }),
    ...['--json-status-fd', `${descriptors.status}`, '--seccomp', `${descriptors.filter}`],
    ...['--', ...processLimit(command.limits), ...asUsual, command.command],
  ]
}

/** Files with the modes that everybody's have: the worker's own mask is for nobody else's eyes. */
const asUsual = ['/bin/sh', '-c', 'umask 022; exec /bin/sh -c "$0"']

function topLevel(): string[] {
  return ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'].flatMap((name) => {
    const path = `/${name}`
    if (!existsSync(path)) return []
    return lstatSync(path).isSymbolicLink()
      ? ['--symlink', readlinkSync(path), path]
      : ['--ro-bind', path, path]
  })
}

/** Lists of the machine's own that no namespace of bubblewrap's divides. */
function hidden(...paths: readonly string[]): string[] {
  return paths.filter(existsSync).flatMap((path) => ['--ro-bind', '/dev/null', path])
}

function ownTmpfs(path: string): string[] {
  return ['--perms', '1777', '--size', `${sharedBytes}`, '--tmpfs', path]
}

function etc(): string[] {
  const shown = publicEtc.map((name) => `/etc/${name}`).filter(existsSync)
  return [
    ...['--ro-bind-data', `${descriptors.passwd}`, '/etc/passwd'],
    ...['--ro-bind-data', `${descriptors.group}`, '/etc/group'],
    ...['--ro-bind-data', `${descriptors.hosts}`, '/etc/hosts'],
    ...shown.flatMap((path) => ['--ro-bind', path, path]),
    ...['--ro-bind-data', `${descriptors.resolver}`, '/etc/resolv.conf'],
    ...['--ro-bind-data', `${descriptors.names}`, '/etc/nsswitch.conf'],
  ]
}

/** Invariant: what the box writes into `.git` never reaches a git process outside. */
function workTree(cwd: string): string[] {
  const git = join(cwd, '.git')
  return ['--bind', cwd, cwd, ...(existsSync(git) ? ['--ro-bind', git, git] : [])]
}

function environment(more: Readonly<Record<string, string>>): string[] {
  const usual = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp/home', LANG: 'C.UTF-8' }
  return Object.entries({ ...usual, ...more }).flatMap(([name, value]) => ['--setenv', name, value])
}

/** The kernel's limit per user as a backstop behind the count that ends the box. It does not bind root. */
function processLimit(limits: SandboxLimits): string[] {
  const prlimit = '/usr/bin/prlimit'
  const threads = threadLimit(limits)
  return existsSync(prlimit) ? [prlimit, `--nproc=${threads}:${threads}`, '--'] : []
}
