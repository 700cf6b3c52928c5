import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UndriftError } from '../domain/errors.ts'
import { lineKey, tagRulesOf } from '../domain/lines/line-rules.ts'
import { type PackedKnowledge, packKnowledge } from '../domain/lines/packed-knowledge.ts'
import type { PinnedRelease } from '../domain/release.ts'
import { sourceRemote } from '../domain/source-remote.ts'
import { type LineKey, type LineKnowledge, nothingKnown } from '../domain/watch.ts'
import {
  baseOf,
  forkRef,
  keepWatchText,
  type Mirror,
  openMirror,
  readRef,
  readWatchText,
} from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import type { StepContext } from './step.ts'
import { readKnowledge, writeKnowledge } from './watch-knowledge.ts'
import type { KeepWatchInput, RecallWatchInput } from './watch-types.ts'

/** Keeps what a watch knows in the mirror, beside the ledger: it outlives the database. Done twice, it writes once. */
export async function keepWatch(
  { upstream, known }: KeepWatchInput,
  { data }: Pick<ActivityDeps, 'data'>,
  { signal }: Pick<StepContext, 'signal'>,
): Promise<void> {
  const mirror = await openMirror({ path: data.mirrorOf(upstream.name), signal })
  await keepWatchText(mirror, upstream.name, { text: writeKnowledge(known), at: new Date() })
}

/**
 * What the watch of an upstream knew before its database was lost. Where nothing was kept, but the mirror knows the forks'
 * branches, their lines begin at what the branches stand on. Null at a true first contact.
 */
export async function recallWatch(
  { upstream, forks }: RecallWatchInput,
  { data }: Pick<ActivityDeps, 'data'>,
  { signal }: Pick<StepContext, 'signal'>,
): Promise<PackedKnowledge | null> {
  const path = data.mirrorOf(upstream.name)
  if (!existsSync(join(path, 'HEAD'))) return null
  const mirror = await openMirror({ path, signal })
  const text = await readWatchText(mirror, upstream.name)
  if (text === null) return standingKnowledge(mirror, { upstream, forks })
  const known = readKnowledge(text)
  if (known !== null) return known
  // To begin anew would forget holds and alarms: nothing starts before a person has looked.
  throw new UndriftError(
    'UNDRIFT_E_INTEGRITY',
    `What the watch of ${upstream.name} knew cannot be read: \`git -C ${path} show refs/undrift/watch/${upstream.name}:watch.json\`.`,
    {
      hint: `To begin anew without it: \`git -C ${path} update-ref -d refs/undrift/watch/${upstream.name}\`.`,
    },
  )
}

async function standingKnowledge(
  mirror: Mirror,
  { upstream, forks }: RecallWatchInput,
): Promise<PackedKnowledge | null> {
  const lines: [LineKey, LineKnowledge][] = []
  const pins = new Map<string, PinnedRelease>()
  for (const fork of forks) {
    const head = await readRef(mirror, forkRef(fork.name, sourceRemote(fork).name, fork.branch))
    const base = head && (await baseOf(mirror, { head, rules: tagRulesOf(upstream, fork) }))
    if (!base) continue
    lines.push([lineKey(fork), { standsOn: base.tag, waiting: [] }])
    pins.set(base.tag, base)
  }
  if (lines.length === 0) return null
  return packKnowledge({
    ...nothingKnown,
    lines: Object.fromEntries(lines),
    pins: [...pins.values()].slice(-50),
  })
}
