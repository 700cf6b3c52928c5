import { checkEnd } from '../domain/check-end.ts'
import { regeneratedReports } from '../domain/regenerated.ts'
import { verifyActivities } from './activity-proxies.ts'
import { enter, type Next, type StepState, stackInput } from './step-state.ts'

/**
 * Makes the generated files again for which upstream's stand in since the replay: the beginning of verify, which then
 * checks the result. Null where nothing is to be made, or all was.
 */
export async function regenerateStep(state: StepState): Promise<Next | null> {
  const { attempt, pending } = state
  const { head, settings, patches } = attempt.status()
  if (state.contained || head === null || pending.length === 0) return null
  const what = pending.map(({ pattern }) => pattern).join(', ')
  enter(state, 'verifying', `Making ${what} again on ${head.slice(0, 10)}.`)
  const result = await verifyActivities(`make ${what} again`.slice(0, 200), state.patience(), {
    timeoutSeconds: settings.fork.verify.timeoutSeconds,
  }).regenerate({ ...stackInput(state), head, pending })
  switch (result.kind) {
    case 'sandbox-missing':
      return { kind: 'ask', need: 'sandbox-missing', question: result.message, evidence: [] }
    case 'made':
      state.pending = []
      state.made = result.made
      attempt.learn({ head: result.made.head, patches: regeneratedReports(patches, result.regenerated) })
      return null
    case 'refused':
      attempt.learn({ checks: result.checks })
      return {
        kind: 'ask',
        need: 'checks-red',
        question: `What was made of ${what} cannot be taken: ${result.why}`,
        evidence: result.checks.map(({ command, log }) => `${command}: ${log}`),
      }
    case 'red': {
      attempt.learn({ checks: result.checks })
      const red = result.checks.at(-1)
      return {
        kind: 'ask',
        need: 'checks-red',
        question: `${what} cannot be made again: \`${red?.command}\` ${red === undefined ? 'failed' : checkEnd(red)}.`,
        evidence: red === undefined ? [] : [`log: ${red.log}`, ...red.tail.split('\n')],
      }
    }
  }
}
