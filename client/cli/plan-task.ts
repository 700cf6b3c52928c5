import { resolve } from 'node:path'
import { toAttemptSettings } from '../../config/attempt-settings.ts'
import { UndriftError } from '../../domain/errors.ts'
import { effectiveLimits } from '../../domain/limits.ts'
import type { Oid } from '../../domain/patch.ts'
import type { AttemptSettings } from '../../domain/settings.ts'
import { earlierWords } from '../../git/ledger/earlier-words.ts'
import { openMirror } from '../../git/mirror/mirror.ts'
import { commitOf } from '../../git/mirror/queries.ts'
import { isRefName } from '../../git/mirror/ref-name.ts'
import { refuseHeavy } from '../../git/objects/weighed.ts'
import { gitVersion } from '../../git/process/version.ts'
import type { PlanInput } from '../../git/replay/plan.ts'
import type { Mirror } from '../../git/types.ts'
import { openRepository } from '../open-repository.ts'
import { type FetchedForPlan, fetchForPlan } from '../plan-fetch.ts'
import { inPlanMirror } from '../plan-mirror.ts'
import type { CommandInput } from './command.ts'
import type { Context } from './context.ts'
import { lineOption } from './line-option.ts'
import type { Keeping } from './plan-keeper.ts'
import { planPolicy } from './plan-policy.ts'
import { type PlanNames, type PlanTitle, planTitle } from './plan-title.ts'

import { readConfigOf } from './read-config.ts'

/** What is to be planned, and in which repository. */
export interface PlanTask {
  readonly source: Mirror
  readonly input: PlanInput
  readonly title: PlanTitle
  /** Where `--to` keeps the result. */
  readonly keeping: Keeping
}

type Ends = Omit<PlanInput, 'policy' | 'onConflict'>

/** Who commits where no config says so: the config's own default. */
const nobody = { name: 'Undrift', email: 'undrift@localhost' }

/** Runs `work` on what is to be planned by the options, or by the config and the remotes. Only ids go on from here. */
export async function withPlanTask<T>(
  context: Context,
  input: CommandInput,
  work: (task: PlanTask) => Promise<T>,
): Promise<T> {
  await gitVersion()
  const onConflict = input.options.all === true ? 'forecast' : 'stop'
  const goOn = async ({ source, ends, settings, names }: Found, keeping: Keeping): Promise<T> => {
    const policy = await planPolicy(context, input.options, settings ?? null)
    const title = await planTitle(source, names, ends)
    return work({ source, input: { ...ends, policy, onConflict }, title, keeping })
  }
  if (typeof input.options.repo === 'string') {
    const found = await fromRepository(context, input, input.options.repo)
    return goOn(found, { target: found.source })
  }
  const { settings, tag } = await fromConfig(context, input)
  const path = context.data.mirrorOf(settings.upstream.name)
  const { signal } = context
  const limits = effectiveLimits(settings.upstream.limits)
  return inPlanMirror(path, { signal, limits }, async (mirror) => {
    const { leftOut, ...fetched } = await fetchForPlan(mirror, settings, { tag, env: context.env })
    if (leftOut !== null) context.say(leftOut)
    // A result that is kept needs the mirror itself; one that is refused, or never comes, leaves nothing in it.
    const target = input.options.to === undefined ? mirror : await openMirror({ path, signal })
    const base = await baseOf(mirror, input.options.base)
    return goOn(await inMirror(mirror, settings, { ...fetched, base }), { target, bring: mirror.bring })
  })
}

interface Found {
  readonly source: Mirror
  readonly ends: Ends
  readonly names: PlanNames
  /** What the config says of the fork. */
  readonly settings?: AttemptSettings
}

async function fromRepository(context: Context, input: CommandInput, path: string): Promise<Found> {
  const { args, options } = input
  if (args.length > 0) throw usage('A fork and --repo exclude each other.')
  const source = await openRepository(resolve(context.cwd, path), { named: path, signal: context.signal })
  const rev = (name: string) => revision(source, `--${name}`, options[name])
  const asked = {
    base: options.base === undefined ? null : rev('base'),
    head: rev('head'),
    onto: rev('onto'),
  }
  // All are asked for at once; of several that are wrong, the first one is told.
  for (const one of Object.values(asked)) one?.catch(() => {})
  const [base, head, onto] = [await asked.base, await asked.head, await asked.onto]
  // What was fetched by an attempt is weighed there; a repository at hand may hold anything.
  for (const commit of [onto, head]) await refuseHeavy(source, commit)
  const given = Array.isArray(options.upstream) ? options.upstream : []
  const named = await Promise.all(given.map((value: unknown) => revision(source, '--upstream', value)))
  const names = { fork: String(options.head), branch: null, to: String(options.onto) }
  return { source, names, ends: { head, onto, base, followed: named, committer: nobody } }
}

async function revision(source: Mirror, option: string, value: unknown): Promise<Oid> {
  if (typeof value !== 'string' || value === '') throw usage(`${option} is missing.`)
  const oid = await commitOf(source, value)
  if (oid !== null) return oid
  throw new UndriftError('UNDRIFT_E_INPUT', `${option}: \`${value}\` names no commit of the repository.`, {
    hint: 'Give a branch, a tag or an object id that is there; see `git rev-parse`.',
  })
}

async function fromConfig(
  context: Context,
  input: CommandInput,
): Promise<{ readonly settings: AttemptSettings; readonly tag: string | undefined }> {
  const [name, tag] = input.args
  if (name === undefined) throw usage('Name a fork of the config, or a repository with --repo.')
  for (const option of ['head', 'onto', 'upstream']) {
    if (input.options[option] !== undefined) throw usage(`--${option} belongs to --repo.`)
  }
  const settings = toAttemptSettings(await readConfigOf(context), name, lineOption(input.options.line, tag))
  return { settings, tag }
}

/** What is to be planned of a fork whose release and branch were fetched. */
async function inMirror(
  source: Mirror,
  settings: AttemptSettings,
  fetched: Pick<FetchedForPlan, 'tag' | 'head' | 'onto'> & Pick<PlanInput, 'base'>,
): Promise<Found> {
  const { fork } = settings
  const earlier = await earlierWords(source, { fork: fork.name, line: fork.line })
  const { committer, generated = [] } = fork
  const { tag, ...pinned } = fetched
  const name = fork.line === 'main' ? fork.name : `${fork.name}/${fork.line}`
  const names = { fork: name, branch: fork.branch, to: tag }
  return { source, names, ends: { ...pinned, followed: [], committer, generated, earlier }, settings }
}

/** The base that a person names for a fork of the config: a tag or branch of upstream, or a commit. */
async function baseOf(mirror: Mirror, value: unknown): Promise<Oid | null> {
  if (value === undefined) return null
  for (const root of ['refs/upstream/tags/', 'refs/upstream/heads/']) {
    const ref = `${root}${String(value)}`
    const oid = isRefName(ref) ? await commitOf(mirror, ref) : null
    if (oid !== null) return oid
  }
  return revision(mirror, '--base', value)
}

function usage(sentence: string): UndriftError {
  return new UndriftError('UNDRIFT_E_USAGE', sentence, { hint: 'See `undrift plan --help`.' })
}
