import type { LikelyLanding, RebaseResult, SuspectMerge } from '../activities/types.ts'
import { rangeDiffHint } from '../domain/interventions.ts'
import { gitActivities } from './activity-proxies.ts'
import { enter, type Next, type StepState, stackInput } from './step-state.ts'

/** Replays the stack, and asks where a patch conflicts or a person should look at what came of it. */
export async function rebaseStep(state: StepState): Promise<Next> {
  const { attempt } = state
  const { tag, settings } = attempt.status()
  enter(state, 'rebasing', `Replaying the stack of ${settings.fork.name} on ${tag}.`)
  state.made = null
  const result = await gitActivities(`replay on ${tag}`, state.patience()).rebaseStack({
    ...stackInput(state),
    takeWorkTree: state.takeWorkTree,
    by: state.resumedBy,
  })
  state.takeWorkTree = false
  const { base, patches, dropped = attempt.status().dropped } = result
  attempt.learn({ base, patches, dropped })
  state.resolutions = [...state.resolutions, ...(result.resolutions ?? [])]
  if (result.kind === 'conflict') {
    const { patch, lastGood, paths } = result
    attempt.learn({ head: null, conflict: { patch, lastGood, paths } })
    return conflicting(tag, result)
  }
  attempt.learn({ head: result.head, conflict: null, leftOut: result.leftOut ?? null })
  state.pending = result.pending ?? []
  const { suspects = [], likelyLandings = [] } = result
  const hint = rangeDiffHint(attempt.place())
  const isAccepted = () => result.head === state.accepted
  if (likelyLandings.length > 0) {
    if (!isAccepted()) return likelyLanded(tag, { likelyLandings, suspects, hint })
  } else if (suspects.length > 0 && !isAccepted()) return doubtful(suspects, hint)
  return { kind: 'go', step: 'verify' }
}

function conflicting(tag: string, result: RebaseResult & { readonly kind: 'conflict' }): Next {
  const { patch, paths, unsettled, causedBy = null, likelyLandings = [], behind, fault } = result
  const like = likelyLandings.filter(({ commits }) => commits[0] === patch.oid)
  return {
    kind: 'ask',
    need: 'conflict',
    question: `The patch ${short(patch.oid)} "${patch.subject}" conflicts with ${tag}.${moreBehind(behind)} How is it settled?`,
    evidence: [
      ...(fault === undefined
        ? []
        : [
            `Git died in this merge (${fault}); what is shown is the merge without rename detection. A newer Git on the worker (2.51) may not need an answer: then \`retry\`.`,
          ]),
      ...paths.map(({ path, kind }) => `${kind}: ${path}`),
      ...(causedBy === null ? [] : [`since upstream ${short(causedBy.oid)} "${causedBy.subject}"`]),
      ...like.flatMap(likeness),
      ...unsettled,
    ],
    drops: like.length === 0 ? [[patch.oid]] : like.map(({ commits }) => commits),
  }
}

function moreBehind(behind: number | undefined): string {
  if (behind === undefined) return ''
  if (behind === 0) return ' No later patch conflicts.'
  return behind === 1 ? ' 1 later patch conflicts as well.' : ` ${behind} later patches conflict as well.`
}

/** Upstream may have taken a patch with changes: whether it goes is a person's word, and so is whether it stays. */
function likelyLanded(
  tag: string,
  found: {
    readonly likelyLandings: readonly LikelyLanding[]
    readonly suspects: readonly SuspectMerge[]
    readonly hint: string
  },
): Next {
  const { likelyLandings, suspects, hint } = found
  const what = likelyLandings.length === 1 ? 'a patch' : `${likelyLandings.length} patches`
  return {
    kind: 'ask',
    need: 'landed-with-changes',
    question: `The stack applies, but ${tag} seems to have ${what} already, with changes. Keep or drop?`,
    evidence: [...likelyLandings.flatMap(likeness), ...suspects.flatMap(losses), hint],
    drops: likelyLandings.map(({ commits }) => commits),
  }
}

/** A replay without a conflict in which a change may have vanished all the same. */
function doubtful(suspects: readonly SuspectMerge[], hint: string): Next {
  return {
    kind: 'ask',
    need: 'suspect-merge',
    question: 'The stack applies, but some lines of the result cannot be accounted for. Is the result right?',
    evidence: [...suspects.flatMap(losses), hint],
  }
}

function losses({ oid, path, lost, kind }: SuspectMerge): readonly string[] {
  return [`${short(oid)} ${path}`, ...lost.map((line) => `  ${kind}: ${line}`)]
}

function likeness({ subject, commits, as }: LikelyLanding): readonly string[] {
  return [
    `${short(commits[0] ?? '')} "${subject}"`,
    ...as.map((like) => `  looks like upstream ${short(like.oid)} "${like.subject}"`),
  ]
}

function short(oid: string): string {
  return oid.slice(0, 10)
}
