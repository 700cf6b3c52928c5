import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { searchAttributeNames } from './workflows/messages.ts'

interface Service {
  readonly image: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: readonly unknown[]
  readonly ports?: readonly string[]
  readonly privileged?: boolean
  readonly restart?: string
  readonly security_opt?: readonly string[]
  readonly volumes?: readonly (string | { readonly type: string; readonly read_only?: boolean })[]
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const text = await readFile(new URL('docker-compose.yml', import.meta.url), 'utf8')
const compose = parse(text, { merge: true }) as Compose
const services = Object.entries(compose.services)

function service(name: string): Service {
  const found = compose.services[name]
  if (!found) throw new Error(`There is no service ${name}.`)
  return found
}

describe('docker-compose.yml', () => {
  it('holds a database, a server, its one-shots, the Web UI and the workers', () => {
    expect(services.map(([name]) => name).sort()).toEqual([
      'postgres',
      'temporal',
      'temporal-namespace',
      'temporal-schema',
      'temporal-ui',
      'undrift-apply',
      'undrift-verify',
      'undrift-worker',
    ])
  })

  it.each(services)('pins the image of %s to one full version', (_, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?(@sha256:[0-9a-f]{64})?$/)
  })

  it('runs the server that the embedded one is, with tools of the same version, and no auto-setup', () => {
    const [, version] = service('temporal').image.split(':')
    expect(version).toMatch(/^1\.29\./)
    expect(service('temporal-schema').image).toContain(`:${version}-`)
    expect(service('temporal-namespace').image).toBe(service('temporal-schema').image)
    expect(text).not.toContain('auto-setup')
  })

  it('gives its own image the version of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'))
    const own = services.filter(([, { build }]) => build !== undefined)
    expect(new Set(own.map(([, { image }]) => image))).toEqual(new Set([`undrift:${version}`]))
  })

  it.each(services.filter(([, { ports }]) => ports))(
    'binds the ports of %s to the loopback interface',
    (_, { ports }) => {
      for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    },
  )

  it('lets nobody reach the database from outside', () => {
    expect(service('postgres').ports).toBeUndefined()
  })

  it('keeps all data in named volumes', () => {
    const named = services
      .flatMap(([, { volumes }]) => volumes ?? [])
      .filter((volume) => typeof volume === 'string')
      .map((volume) => volume.split(':')[0] ?? '')
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)))
    expect(named.every((name) => /^[a-z-]+$/.test(name))).toBe(true)
  })

  it('mounts nothing else than the config, read-only', () => {
    const bound = services
      .flatMap(([, { volumes }]) => volumes ?? [])
      .filter((volume) => typeof volume !== 'string')
    expect(bound).toEqual([
      expect.objectContaining({ type: 'bind', read_only: true, source: './undrift.yaml' }),
    ])
  })

  it.each([
    ['temporal-schema', 'postgres', 'service_healthy'],
    ['temporal', 'temporal-schema', 'service_completed_successfully'],
    ['temporal-namespace', 'temporal', 'service_healthy'],
    ['temporal-ui', 'temporal', 'service_healthy'],
    ['undrift-worker', 'temporal-namespace', 'service_completed_successfully'],
    ['undrift-verify', 'temporal-namespace', 'service_completed_successfully'],
    ['undrift-apply', 'temporal-namespace', 'service_completed_successfully'],
  ])('starts %s after %s', (name, before, condition) => {
    expect(service(name).depends_on?.[before]?.condition).toBe(condition)
  })

  it('raises retention and registers every search attribute with its type', () => {
    const script = service('temporal-namespace').command?.join('\n') ?? ''
    expect(script).toContain('namespace update --namespace default --retention 90d')
    const { updatedAt, ...keywords } = searchAttributeNames
    const loop = /for name in (.*); do\n\s+temporal operator search-attribute create .* --type Keyword/.exec(
      script,
    )
    expect(loop?.[1]?.split(' ').sort()).toEqual(Object.values(keywords).sort())
    expect(script).toContain(`--name ${updatedAt} --type Datetime`)
  })

  it('gives secrets to the git worker alone, and the sandbox to the verify worker alone', () => {
    expect(services.filter(([, { env_file }]) => env_file).map(([name]) => name)).toEqual(['undrift-worker'])
    const open = services.filter(([, entry]) =>
      entry.security_opt?.some((option) => option.endsWith('unconfined')),
    )
    expect(open.map(([name]) => name)).toEqual(['undrift-verify'])
    expect(services.filter(([, { privileged }]) => privileged)).toEqual([])
    expect(service('undrift-worker').command).toEqual(['worker', '--role', 'control,git'])
    expect(service('undrift-verify').command).toEqual(['worker', '--role', 'verify'])
  })

  it('has no password in it', () => {
    const passwords = services.flatMap(([, { environment }]) =>
      Object.entries(environment ?? {}).filter(([name]) => /PASSWORD|PWD/.test(name)),
    )
    expect(passwords.length).toBeGreaterThan(0)
    for (const [, value] of passwords) expect(value).toMatch(/^\$\{POSTGRES_PASSWORD:\?/)
  })
})
