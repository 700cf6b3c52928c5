import type { AttemptSettings } from './settings.ts'

/** Keys whose change leaves the replayed stack as it is. */
const keepReplay = new Set(['verify', 'sandbox', 'publish'])

/** The settings that an attempt takes from a config that was applied meanwhile: what must not go out unasked still must not. */
export function offeredSettings(now: AttemptSettings, applied: AttemptSettings): AttemptSettings {
  if (now.fork.publish.push) return applied
  return { ...applied, fork: { ...applied.fork, publish: { ...applied.fork.publish, push: false } } }
}

/** The keys of the upstream and the fork that differ, by name. */
export function changedKeys(now: AttemptSettings, offered: AttemptSettings): readonly string[] {
  const keys = [
    ...differing(now.upstream, offered.upstream).map((key) => `upstream ${key}`),
    ...differing(now.fork, offered.fork),
  ]
  return keys
}

/** Whether a replay made with the old settings is the one that the new ones make. */
export function keepsReplay(keys: readonly string[]): boolean {
  return keys.every((key) => keepReplay.has(key))
}

function differing(one: object, other: object): readonly string[] {
  const [a, b] = [one, other] as readonly Readonly<Record<string, unknown>>[]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys]
    .filter((key) => JSON.stringify(a?.[key] ?? null) !== JSON.stringify(b?.[key] ?? null))
    .sort()
}
