import type { DecisionName, Intervention, InterventionOption, Need } from './attempt.ts'
import { harmlessText } from './outside-text.ts'
import type { DecisionRule } from './settings.ts'
import { shellWord } from './shell-word.ts'

/** What the commands of an intervention need to name. */
export interface InterventionPlace {
  readonly attempt: string
  /** The data folder, when it is not the default one. */
  readonly data: string | null
  /** The Temporal server's address, when it is not the default one. */
  readonly address: string | null
  /** Whose decisions are taken: where only signed ones are, the plain Temporal CLI answers nothing. */
  readonly decisions?: DecisionRule
}

/** What to do with a candidate that is there. */
export function promoteHint(place: InterventionPlace): string {
  return `Move the maintained branch to it with \`undrift promote${dataOption(place)} ${shellWord(place.attempt)}\`.`
}

/** The command that maintains a release. */
export function runCommand(what: {
  readonly fork: string
  readonly tag: string
  readonly data: string | null
}): string {
  const data = what.data === null ? '' : ` --data ${shellWord(what.data)}`
  return `undrift run${data} ${shellWord(what.fork)} ${shellWord(what.tag)}`
}

/** How to see what became of each patch. */
export function rangeDiffHint(place: InterventionPlace): string {
  return `how the patches changed: undrift show${dataOption(place)} ${shellWord(place.attempt)} --range-diff`
}

/** Which answers are possible, and in which order they are offered. */
const answers: Readonly<Record<Need, readonly DecisionName[]>> = {
  conflict: ['resume', 'retry', 'skip', 'abort'],
  'checks-red': ['retry', 'resume', 'skip', 'abort'],
  approval: ['approve', 'retry', 'skip', 'abort'],
  'push-refused': ['retry', 'skip', 'abort'],
  'candidate-moved': ['retry', 'skip', 'abort'],
  'branch-moved': ['resume', 'skip', 'abort'],
  credentials: ['retry', 'skip', 'abort'],
  'remote-moved': ['retry', 'skip', 'abort'],
  'tag-moved': ['retry', 'approve', 'skip', 'abort'],
  'tag-signature': ['retry', 'approve', 'skip', 'abort'],
  'signature-tool-missing': ['retry', 'skip', 'abort'],
  'sandbox-missing': ['retry', 'skip', 'abort'],
  'suspect-merge': ['approve', 'resume', 'skip', 'abort'],
  'landed-with-changes': ['approve', 'resume', 'skip', 'abort'],
  withdrawn: ['approve', 'skip', 'abort'],
  'too-heavy': ['approve', 'retry', 'skip', 'abort'],
  unsigned: ['retry', 'skip', 'abort'],
  'step-failed': ['retry', 'resume', 'skip', 'abort'],
}

const effects: Readonly<Record<DecisionName, string>> = {
  resume: 'look at the fork again and replay the stack with what was settled',
  retry: 'do the step that stopped once more',
  skip: 'leave this release out; the outcome is `skipped`',
  abort: 'give the attempt up; the outcome is `failed`',
  approve: 'push the candidate',
}

/** What `approve` lets pass, where that is not the push. */
const approvals: Readonly<Partial<Record<Need, string>>> = {
  'tag-moved': 'let it go: take the tag as it is shown last, and begin again from the fetch',
  'tag-signature': 'let it go: take this tag object as it is, once',
  'suspect-merge': 'take the replayed stack as it is, and check it',
  withdrawn: 'push the candidate although the feed withdrew the release',
  'too-heavy': 'accept this weight for this attempt, and continue',
  'landed-with-changes': 'keep the patches as they are, and check the replayed stack',
}

/** What `retry` does where that is more than the step once more. */
const retries: Readonly<Partial<Record<Need, string>>> = {
  'tag-moved': 'look at the tag again: it may be what it was',
  'tag-signature': 'look at the tag again, with the keys of the config as it was applied last',
  'checks-red': 'run the checks again, by the config as it was applied last',
  'too-heavy': 'retry with the limits of the config as it was applied last',
  'signature-tool-missing': 'look at the signature again',
}

const special: Partial<Record<DecisionName, Readonly<Partial<Record<Need, string>>>>> = {
  approve: approvals,
  retry: retries,
}

/** Most lists of patches that are offered to be dropped, a command each. */
const mostDrops = 5

/** Builds the question that an attempt waits on, with the answers that are possible and their commands. */
export function intervention(
  kind: Need,
  question: string,
  options: {
    readonly place: InterventionPlace
    readonly evidence: readonly string[]
    /** Lists of patches, each of which may be dropped as a whole. */
    readonly drops?: readonly (readonly string[])[]
  },
): Intervention {
  const { place, drops = [] } = options
  const plain = answers[kind].map((name) => option(name, kind, place))
  const at = plain.findIndex(({ name }) => name === 'resume')
  return {
    kind,
    question: harmlessText(question),
    evidence: limited(options.evidence.map(harmlessText)),
    options: usable(
      drops.length === 0
        ? plain
        : plain.toSpliced(kind === 'conflict' ? at + 1 : at, 0, dropOption(kind, drops, place)),
      place,
    ),
  }
}

/** The answers with the commands that are taken here. */
function usable(
  options: readonly InterventionOption[],
  { decisions }: InterventionPlace,
): readonly InterventionOption[] {
  if (decisions !== 'signed') return options
  return options.map((option) => ({
    ...option,
    commands: option.commands.filter((command) => command.startsWith('undrift ')),
  }))
}

/** To drop patches is to resume without them. */
function dropOption(
  kind: Need,
  drops: readonly (readonly string[])[],
  place: InterventionPlace,
): InterventionOption {
  const attempt = shellWord(place.attempt)
  const shown = drops.slice(0, mostDrops)
  return {
    name: 'resume',
    effect:
      kind === 'conflict'
        ? 'drop this patch, and replay the rest of the stack without it'
        : 'drop what upstream has already, and replay the rest of the stack',
    commands: [
      ...shown.map((commits) => {
        const named = commits.map((oid) => ` --drop ${oid.slice(0, 12)}`).join('')
        return `undrift resume${dataOption(place)} ${attempt}${named}`
      }),
      ...shown.map(
        (commits) => `${signalCommand('resume', place)} --input '${JSON.stringify({ drop: commits })}'`,
      ),
    ],
  }
}

function signalCommand(name: DecisionName, { attempt, address }: InterventionPlace): string {
  const where = address === null ? '' : ` --address ${address}`
  return `temporal workflow signal${where} --workflow-id ${shellWord(attempt)} --name ${name}`
}

/** The answers that are possible for a need. */
export function possibleAnswers(kind: Need): readonly DecisionName[] {
  return answers[kind]
}

function option(name: DecisionName, kind: Need, place: InterventionPlace): InterventionOption {
  const attempt = shellWord(place.attempt)
  const data = dataOption(place)
  const signal = signalCommand(name, place)
  if (name === 'resume' && kind === 'conflict') {
    return {
      name,
      effect:
        'settle the conflict in the work tree that the first command makes; the second takes it and replays the rest of the stack',
      commands: [`undrift resolve${data} ${attempt}`, `undrift resolve${data} ${attempt} --continue`, signal],
    }
  }
  const effect = special[name]?.[kind] ?? effects[name]
  return { name, effect, commands: [`undrift ${name}${data} ${attempt}`, signal] }
}

function dataOption({ data }: InterventionPlace): string {
  return data === null ? '' : ` --data ${shellWord(data)}`
}

/** Keeps evidence below 4 KB in all, so that it fits into every view of it. */
function limited(lines: readonly string[]): readonly string[] {
  const kept: string[] = []
  let left = 4096
  for (const line of lines) {
    if (line.length > left) {
      kept.push('…')
      break
    }
    kept.push(line)
    left -= line.length
  }
  return kept
}
