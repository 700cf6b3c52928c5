import type { Row } from '../report.ts'
import { attemptOf, show } from './attempts.ts'
import { demandInvariants } from './invariants.ts'
import type { Scenario, Stage } from './scenario.ts'

/** Plays one scenario on its stage and looks whether everything that must hold does. Never throws. */
export async function play(scenario: Scenario, stage: Stage): Promise<Row> {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  try {
    const played = await scenario.play(stage)
    const took = seconds()
    await demandInvariants(stage, played)
    const last = played.tags.at(-1) ?? ''
    const [shown, { events }] = await Promise.all([
      show(stage, last),
      stage.temporal.history(attemptOf(stage, last)),
    ])
    return {
      scenario: scenario.name,
      passed: true,
      outcome: shown.outcome,
      candidate: played.candidates[last] ?? null,
      seconds: took,
      events: events.length,
      failure: null,
    }
  } catch (error) {
    return failedRow(scenario, stage, { error, seconds: seconds() })
  }
}

async function failedRow(
  scenario: Scenario,
  stage: Stage,
  { error, seconds }: { readonly error: unknown; readonly seconds: number },
): Promise<Row> {
  const said = error instanceof Error && error.name === 'Unmet' ? error.message : describe(error)
  return {
    scenario: scenario.name,
    passed: false,
    outcome: null,
    candidate: null,
    seconds,
    events: null,
    failure: [`demanded: ${said}`, ...(await showEverything(stage))].join('\n\n'),
  }
}

/** What `undrift show` says of each attempt of the fork, for whoever has to find out. */
async function showEverything(stage: Stage): Promise<readonly string[]> {
  try {
    const { attempts } = await stage.installation.status()
    const own = attempts.filter(({ fork }) => fork === stage.fork)
    const shown = await Promise.all(own.map(({ id }) => stage.installation.cli('show', id)))
    return shown.map(({ stdout, stderr }) => `${stdout}${stderr}`.trim())
  } catch (error) {
    return [`\`undrift show\` could not be asked: ${describe(error)}`]
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
