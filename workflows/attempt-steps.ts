import type { Candidate, Step } from '../domain/attempt.ts'
import { plannedCandidates } from '../domain/candidate.ts'
import { candidateSummary } from '../domain/candidate-summary.ts'
import { checkEnd } from '../domain/check-end.ts'
import { rangeDiffHint } from '../domain/interventions.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import { control, gitActivities, verifyActivities } from './activity-proxies.ts'
import { movedTag, unsoundSignature } from './integrity-alarms.ts'
import { rebaseStep } from './rebase-step.ts'
import { regenerateStep } from './regenerate-step.ts'
import { enter, type Next, type StepState, stackInput, stepInput } from './step-state.ts'

/** Runs one step and says where the attempt goes from there. */
export function runStep(step: Step, state: StepState): Promise<Next> {
  const fetched = state.attempt.status().onto !== null
  switch (fetched ? step : 'fetch') {
    case 'fetch':
      return fetchStep(state)
    case 'rebase':
      return rebaseStep(state)
    case 'verify':
      return verifyStep(state)
    case 'push':
      return pushStep(state)
  }
}

async function fetchStep(state: StepState): Promise<Next> {
  const { attempt } = state
  const { tag, settings } = attempt.status()
  enter(state, 'fetching', `Fetching ${tag} and the maintained branch.`)
  const result = await gitActivities(`fetch ${tag}`, state.patience()).fetchRelease({
    ...stepInput(state),
    seen: attempt.status().release,
  })
  attempt.learn({ worker: result.worker })
  if (result.kind === 'blocked') return { kind: 'end', outcome: 'blocked', reason: result.reason }
  if (result.kind === 'skipped') return { kind: 'end', outcome: 'skipped', reason: result.reason }
  if (result.kind === 'tag-moved') return movedTag(tag, result)
  if (result.kind !== 'ready') return unsoundSignature(tag, result)
  state.contained = result.contained
  state.approved = false
  attempt.learn({
    release: result.release,
    onto: result.release.commit,
    stackHead: result.stackHead,
    standsOn: result.standsOn ?? null,
  })
  if (result.signer !== undefined) attempt.learn({ signer: result.signer })
  if (state.byHand) {
    state.byHand = false
    const { upstream, fork } = settings
    await control.tellRanByHand({
      upstream: upstream.name,
      fork: fork.name,
      line: fork.line,
      tag,
      tags: tagRulesOf(upstream, fork),
    })
  }
  await control.supersedeOlder({
    fork: settings.fork.name,
    line: settings.fork.line,
    tag,
    tags: tagRulesOf(settings.upstream, settings.fork),
    git: settings.upstream.git,
    attempt: attempt.status().id,
  })
  return { kind: 'go', step: result.contained ? 'verify' : 'rebase' }
}

async function verifyStep(state: StepState): Promise<Next> {
  const { attempt } = state
  const { tag, settings, stackHead } = attempt.status()
  const stopped = await regenerateStep(state)
  if (stopped !== null) return stopped
  const head = state.contained ? stackHead : attempt.status().head
  if (head === null) return { kind: 'go', step: 'fetch' }
  enter(state, 'verifying', `Checking ${head.slice(0, 10)}.`)
  const { timeoutSeconds } = settings.fork.verify
  const result = await verifyActivities(`verify ${head.slice(0, 10)}`, state.patience(), {
    timeoutSeconds,
  }).verifyCandidate({ ...stackInput(state), head })
  if (result.kind === 'sandbox-missing') {
    return { kind: 'ask', need: 'sandbox-missing', question: result.message, evidence: [] }
  }
  attempt.learn({ checks: result.checks })
  if (result.kind === 'red') {
    const red = result.checks.at(-1)
    return {
      kind: 'ask',
      need: 'checks-red',
      question: `The checks are red on ${head.slice(0, 10)}: \`${red?.command}\` ${red === undefined ? 'failed' : checkEnd(red)}.`,
      evidence: red === undefined ? [] : [`log: ${red.log}`, ...red.tail.split('\n')],
    }
  }
  state.tree = result.tree
  if (state.contained) {
    return { kind: 'end', outcome: 'completed', reason: `The stack already stands on ${tag}; nothing new.` }
  }
  return { kind: 'go', step: 'push' }
}

async function pushStep(state: StepState): Promise<Next> {
  const { attempt } = state
  const { tag, settings, head, objection = null } = attempt.status()
  const { publish } = settings.fork
  if (head === null || state.tree === null) return { kind: 'go', step: 'fetch' }
  if (!publish.push && !state.approved) {
    attempt.learn({ candidates: plannedCandidates(settings.fork, tag, head) })
    return {
      kind: 'ask',
      need: 'approval',
      question: `The candidate ${head.slice(0, 10)} for ${tag} is ready and lies in the mirror. Push it to ${publish.to.join(', ')}?`,
      evidence: [
        ...(objection === null ? [] : [`the feed withdrew ${tag}: ${objection.why}`]),
        ...candidateSummary(attempt.status()),
        rangeDiffHint(attempt.place()),
      ],
    }
  }
  if (objection && state.despite !== objection.why) {
    return {
      kind: 'ask',
      need: 'withdrawn',
      question: `The feed withdrew ${tag} after this attempt began: ${objection.why}. Push its candidate all the same?`,
      evidence: [...candidateSummary(attempt.status()), rangeDiffHint(attempt.place())],
    }
  }
  enter(state, 'pushing', `Pushing ${head.slice(0, 10)} to ${publish.to.join(', ')}.`)
  const result = await gitActivities(`push to ${publish.to.join(', ')}`, state.patience(), {
    outages: 'tell-soon',
  }).pushCandidate({
    ...stackInput(state),
    head,
    tree: state.tree,
    release: attempt.status().release,
  })
  if (result.kind === 'tag-moved') return movedTag(tag, result)
  if (result.kind === 'branch-moved') return branchMoved(state, result.actual)
  attempt.learn({ candidates: result.candidates })
  switch (result.kind) {
    case 'pushed':
      return {
        kind: 'end',
        outcome: 'changed',
        reason: `The candidate ${head.slice(0, 10)} is on ${publish.to.join(', ')}.`,
      }
    case 'candidate-moved':
      return {
        kind: 'ask',
        need: 'candidate-moved',
        question: `${result.ref} on ${result.remote} holds a commit that this line did not push; it is left alone.`,
        evidence: [`there: ${result.actual ?? 'nothing'}`, `ours:  ${head}`, ...there(result)],
      }
    case 'refused':
      return {
        kind: 'ask',
        need: 'push-refused',
        question: `${result.remote} refused the push.`,
        evidence: [...result.words.split('\n'), ...there(result)],
      }
  }
}

/** Several remotes are taken one after the other: what the earlier ones took is there already, and stays. */
function there({ candidates }: { readonly candidates: readonly Candidate[] }): readonly string[] {
  const remotes = candidates.filter(({ pushed }) => pushed).map(({ remote }) => remote)
  if (remotes.length === 0) return []
  return [`The candidate is on ${remotes.join(', ')} already; \`retry\` goes on with the others.`]
}

/** The maintained branch went on meanwhile: planned again once, then a person is asked. */
function branchMoved(state: StepState, actual: string | null): Next {
  const { settings, stackHead } = state.attempt.status()
  if (actual !== null && state.replans === 0) {
    state.replans = 1
    return { kind: 'go', step: 'fetch' }
  }
  return {
    kind: 'ask',
    need: 'branch-moved',
    question: `The maintained branch ${settings.fork.branch} moved while the attempt ran.`,
    evidence: [`planned on: ${stackHead}`, `now:        ${actual ?? 'gone'}`],
  }
}
