import type { ForkSettings, UpstreamSettings } from '../domain/settings.ts'

/** What a watch goes by. */
export interface WatchSettings {
  readonly upstream: UpstreamSettings
  readonly forks: readonly ForkSettings[]
}

/** Names of settings where the config calls them something else. */
const configNames: Readonly<Record<string, string>> = {
  pollSeconds: 'poll',
  expectSeconds: 'expect',
  patienceSeconds: 'patience',
  minimumAgeSeconds: 'minimumAge',
  feedToken: 'feed.token',
  allow: 'network.allow',
}

/** The keys of the config by which two settings of one watch differ, in order; a fork or line that came or went is one. */
export function changedKeys(before: WatchSettings, now: WatchSettings): readonly string[] {
  const upstream = keysOf(before.upstream, now.upstream).map((key) =>
    key === 'network.allow' ? key : `upstreams.${now.upstream.name}.${key}`,
  )
  const [old, fresh] = [before, now].map(({ forks }) => new Map(forks.map((fork) => [placeOf(fork), fork])))
  const places = [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])].sort()
  const forks = places.flatMap((place) => {
    const [was, is] = [old?.get(place), fresh?.get(place)]
    if (was === undefined || is === undefined) return [place]
    return keysOf(was, is).map((key) => `${place}.${key}`)
  })
  return [...upstream, ...forks]
}

function placeOf({ name, line }: ForkSettings): string {
  return line === 'main' ? `forks.${name}` : `forks.${name}.lines.${line}`
}

function keysOf(before: object, now: object): readonly string[] {
  const [old, fresh] = [new Map(Object.entries(before)), new Map(Object.entries(now))]
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  return keys
    .filter((key) => stable(old.get(key)) !== stable(fresh.get(key)))
    .map((key) => configNames[key] ?? key)
}

/** The same text for the same value, in whatever order its keys come. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? ''
  )
}
