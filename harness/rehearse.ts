import { findProgram } from '../adapters/sandboxes/find-program.ts'
import { inTurns } from '../client/in-turns.ts'
import { findTemporalCli } from '../workers/temporal-cli.ts'
import type { HarnessOptions } from './options.ts'
import { makeReport, type Report, type Row, renderTable } from './report.ts'
import { scenarios } from './scenarios/all.ts'
import { demand, demandSame } from './stage/expect.ts'
import { keepWorld, playground } from './stage/keep.ts'
import { play } from './stage/play.ts'
import { saveHistories } from './stage/save-histories.ts'
import type { Scenario, Stage } from './stage/scenario.ts'
import { demandSecrecy } from './stage/secrecy.ts'
import { type TemporalCli, temporalCli } from './stage/temporal-cli.ts'
import { buildWorld, type World } from './stage/world.ts'
import { listRefs } from './world/git.ts'
import { maintainedRef } from './world/repositories.ts'

export interface RehearsalOptions extends HarnessOptions {
  /** Takes what the rehearsal says while it runs. */
  readonly say: (text: string) => void
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

const atOnce = 3

/** Builds the world, plays the scenarios on one installation, and takes everything down again. */
export async function rehearse(options: RehearsalOptions): Promise<Report> {
  const { say, signal, only, keep } = options
  const named = scenarios.filter(({ name }) => only === null || only.includes(name))
  const cast = named.filter(({ signed = false }) => !signed || findProgram('ssh-keygen') !== null)
  for (const { name } of named.filter((scenario) => !cast.includes(scenario)))
    say(`Leaving ${name} out: it needs ssh-keygen, which is not installed here.\n`)
  say('Building the world: repositories, forks, a feed server.\n')
  const world = await buildWorld(keep ? [...cast, playground] : cast, say)
  try {
    if (world.unboxed !== null) say(`Playing with \`sandbox: none\`: ${world.unboxed}\n`)
    say(`Starting \`undrift up\` in ${world.folder}.\n`)
    await unlessAborted(world.installation.up(), signal)
    const program = await findTemporalCli({ env: world.installation.env, say })
    const theatre = { world, say, temporal: temporalCli({ ...world.installation, program }) }
    const rows = await unlessAborted(playAll(theatre, cast), signal)
    if (keep) {
      say(`\n${renderTable(makeReport(rows))}\n`)
      await keepWorld(world, { say, signal })
    }
    return makeReport([...rows, await aftermath(theatre, options.histories)])
  } finally {
    await world.installation.clear()
    await world.remove()
  }
}

interface Theatre {
  readonly world: World
  readonly temporal: TemporalCli
  readonly say: RehearsalOptions['say']
}

/** Plays those that bear company a few at a time, and the others one after the other, in the order of the cast. */
async function playAll(theatre: Theatre, cast: readonly Scenario[]): Promise<readonly Row[]> {
  async function perform(scenario: Scenario): Promise<Row> {
    theatre.say(`  … ${scenario.name}: ${scenario.title}\n`)
    const row = await play(scenario, await makeStage(theatre, scenario))
    theatre.say(`  ${row.passed ? 'ok' : 'FAILED'} ${scenario.name}\n`)
    return row
  }
  const rows: Row[] = []
  for (const company of ['first', 'others', 'killers', 'alone'] as const) {
    const act = cast.filter((scenario) => scenario.company === company)
    const isCrowd = company === 'others' || company === 'killers'
    rows.push(...(await inTurns(act, isCrowd ? atOnce : 1, perform)))
  }
  return rows
}

async function makeStage({ world, temporal }: Theatre, scenario: Scenario): Promise<Stage> {
  const { name: fork, ledger = false } = scenario
  const ground = world.grounds.get(fork)
  if (ground === undefined) throw new Error(`There is no fork ${fork}.`)
  const refs = await listRefs(ground.repositories.remotes.origin)
  const maintained = refs[maintainedRef] ?? ''
  return { ...ground, fork, installation: world.installation, temporal, ledger, maintained }
}

/** Saves the histories, ends `up` and looks at what is left: no process, and the planted secret nowhere. */
async function aftermath({ world, temporal }: Theatre, folder: string | null): Promise<Row> {
  const began = performance.now()
  let failure: string | null = null
  try {
    const histories = await temporal.histories()
    if (folder !== null) await saveHistories(folder, histories, { world: world.folder })
    await world.installation.down()
    demandSame('the Git host never saw a request without the token', world.host.counts().refused, 0)
    demand('the token was used', world.host.counts().let > 0)
    await demandSecrecy({
      canary: world.canary,
      data: world.installation.data,
      repositories: [...world.grounds.values()].flatMap(({ repositories: { upstream, remotes } }) => [
        upstream,
        remotes.origin,
        remotes.mirror,
      ]),
      texts: { ...histories, 'what the CLI said': world.installation.transcript() },
    })
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error)
  }
  return {
    scenario: 'aftermath',
    passed: failure === null,
    outcome: null,
    candidate: null,
    seconds: (performance.now() - began) / 1000,
    events: null,
    failure,
  }
}

/** The same promise, given up when the signal is aborted. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([promise, aborted])
}
