import type { Row } from '../report.ts'
import { attemptOf, show, watchOf } from './attempts.ts'
import { demandInvariants } from './invariants.ts'
import type { Scenario, Stage } from './scenario.ts'

/** What a scenario came to, with the histories that it wrote, by workflow id. */
export interface Performance {
  readonly row: Row
  readonly histories: Readonly<Record<string, string>>
}

/** Plays one scenario on its stage and looks whether everything that must hold does. Never throws. */
export async function play(scenario: Scenario, stage: Stage): Promise<Performance> {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  try {
    const played = await scenario.play(stage)
    const took = seconds()
    await demandInvariants(stage, played)
    const last = played.tags.at(-1) ?? ''
    const shown = await show(stage, last)
    const histories = await historiesOf(stage, [
      ...played.tags.map((tag) => attemptOf(stage, tag)),
      watchOf(stage),
    ])
    const { events } = JSON.parse(histories[attemptOf(stage, last)] ?? '{"events":[]}')
    return {
      histories,
      row: {
        scenario: scenario.name,
        passed: true,
        outcome: shown.outcome,
        candidate: played.candidates[last] ?? null,
        seconds: took,
        events: events.length,
        failure: null,
      },
    }
  } catch (error) {
    return { histories: {}, row: await failedRow(scenario, stage, { error, seconds: seconds() }) }
  }
}

async function historiesOf(stage: Stage, ids: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const texts = await Promise.all(ids.map((id) => stage.temporal.historyText(id)))
  return Object.fromEntries(ids.map((id, index) => [id, texts[index] ?? '']))
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
