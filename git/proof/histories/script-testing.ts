import { type Random, randomOf } from './random-testing.ts'

/** What a history is made of beside plain edits. */
export const themes = ['plain', 'taking', 'importing', 'folding', 'joining', 'cut-early', 'stable'] as const
export type Theme = (typeof themes)[number]

export const opKinds = [
  'insert',
  'replace',
  'delete',
  'move',
  'add-file',
  'delete-file',
  'rename',
  'restore',
  'move-taken',
  'change-taken',
  'delete-taken',
] as const
export type OpKind = (typeof opKinds)[number]

/** One edit; what the numbers come to depends on the files at the time. */
export interface Op {
  readonly kind: OpKind
  readonly numbers: readonly number[]
}

/** `main` is upstream's branch, `release` what the target is on, `fork` ours, `side` a second line of ours. */
export type Branch = 'main' | 'release' | 'fork' | 'side'

/** One commit, or what brings several. A step that is not possible where it stands is passed over. */
export type Step =
  | { readonly kind: 'edit'; readonly on: Branch; readonly ops: readonly Op[] }
  | { readonly kind: 'fixup'; readonly of: number; readonly ops: readonly Op[] }
  /** Upstream takes one patch, or some of it, with an edit of its own or without. */
  | {
      readonly kind: 'take'
      readonly patch: number
      readonly part: 'whole' | 'hunk' | 'file' | 'most'
      readonly number: number
      readonly ops: readonly Op[]
    }
  /** Upstream takes the fork up to a patch in one commit. */
  | { readonly kind: 'squash'; readonly patch: number; readonly ops: readonly Op[] }
  /** Takes back what a commit of the branch did. */
  | { readonly kind: 'revert'; readonly on: 'main' | 'fork'; readonly number: number }
  /** The fork takes in upstream as it is: by a merge, by one plain commit, or by moving its patches. */
  | {
      readonly kind: 'import'
      readonly how: 'merge' | 'squash' | 'rebase'
      readonly settling: 'ours' | 'theirs' | 'both' | 'new'
      /** How many commits of upstream it leaves out. */
      readonly behind: number
      readonly ops: readonly Op[]
    }
  /** A second line of the fork begins, or is merged into the first. */
  | { readonly kind: 'side' }
  | { readonly kind: 'join'; readonly settling: 'ours' | 'theirs' | 'both' | 'new' }
  /** The release branch is cut from upstream's main. */
  | { readonly kind: 'cut' }
  /** The release branch takes a commit of main. */
  | { readonly kind: 'pick'; readonly number: number }
  /** The fork begins where upstream's main is now. */
  | { readonly kind: 'begin' }
  /** A branch of upstream that the target lacks merges the fork as it is, and is tagged. */
  | { readonly kind: 'stable' }

/** A history as it is to be built. */
export interface Script {
  readonly seed: string
  readonly theme: Theme
  /** How many words each of the first files has. */
  readonly files: readonly number[]
  readonly steps: readonly Step[]
}

const usualOps: readonly OpKind[] = [
  ...new Array<OpKind>(6).fill('insert'),
  ...new Array<OpKind>(6).fill('replace'),
  ...new Array<OpKind>(4).fill('delete'),
  ...new Array<OpKind>(4).fill('move'),
  'add-file',
  'add-file',
  'delete-file',
  'rename',
  'restore',
]
const takenOps: readonly OpKind[] = ['move-taken', 'move-taken', 'change-taken', 'delete-taken']
const settlings = ['ours', 'theirs', 'both', 'new'] as const
const mostThemes: readonly Theme[] = [
  ...new Array<Theme>(5).fill('plain'),
  ...new Array<Theme>(7).fill('taking'),
  ...new Array<Theme>(4).fill('importing'),
  'folding',
  'folding',
  'joining',
  'joining',
  'cut-early',
  'cut-early',
  'stable',
]

/** The script of a seed. */
export function scriptOf(seed: string): Script {
  const random = randomOf(seed)
  const theme = random.one(mostThemes)
  const files = Array.from({ length: 1 + random.below(3) }, () => 8 + random.below(24))
  return { seed, theme, files, steps: stepsOf(random, theme) }
}

function op(random: Random, kinds: readonly OpKind[]): Op {
  return { kind: random.one(kinds), numbers: Array.from({ length: 6 }, () => random.below(60)) }
}

function opsOf(random: Random, kinds: readonly OpKind[] = usualOps): readonly Op[] {
  return Array.from({ length: 1 + (random.onceIn(3) ? 1 : 0) }, () => op(random, kinds))
}

function stepsOf(random: Random, theme: Theme): readonly Step[] {
  let patches = 1 + random.below(4)
  let commits = 1 + random.below(5)
  const steps: Step[] = []
  if (theme === 'cut-early') {
    steps.push({ kind: 'cut' })
    for (let left = 1 + random.below(2); left > 0; left -= 1)
      steps.push({ kind: 'edit', on: 'main', ops: opsOf(random) })
    steps.push({ kind: 'begin' })
  }
  let special = theme === 'plain' ? 0 : 1 + random.below(2)
  let made = 0
  while (patches > 0 || commits > 0) {
    const isFork = patches > 0 && (commits === 0 || random.below(patches + commits) < patches)
    if (special > 0 && made > 0 && random.onceIn(3)) {
      steps.push(...specialOf(random, theme))
      special -= 1
    }
    if (isFork) {
      patches -= 1
      made += 1
      const on = theme === 'joining' && random.onceIn(2) ? 'side' : 'fork'
      steps.push(made === 1 ? firstPatch(random) : forkStep(random, theme, on))
    } else {
      commits -= 1
      steps.push(upstreamStep(random, theme))
    }
  }
  for (; special > 0; special -= 1) steps.push(...specialOf(random, theme))
  if (theme === 'joining') steps.push({ kind: 'join', settling: random.one(settlings) })
  return steps
}

/** A patch that is always possible: without one there is no fork. */
function firstPatch(random: Random): Step {
  return { kind: 'edit', on: 'fork', ops: opsOf(random, ['insert', 'replace']) }
}

function forkStep(random: Random, theme: Theme, on: 'fork' | 'side'): Step {
  if (theme === 'folding' && random.onceIn(2))
    return { kind: 'fixup', of: random.below(4), ops: opsOf(random, [...usualOps, ...takenOps]) }
  if (random.onceIn(25)) return { kind: 'revert', on: 'fork', number: random.below(4) }
  return { kind: 'edit', on, ops: opsOf(random) }
}

function upstreamStep(random: Random, theme: Theme): Step {
  const on = theme === 'cut-early' && random.onceIn(2) ? 'release' : 'main'
  const takes = theme === 'taking' ? 2 : theme === 'plain' ? 0 : 6
  if (takes > 0 && random.onceIn(takes)) return takingStep(random)
  if (theme === 'cut-early' && random.onceIn(4)) return { kind: 'pick', number: random.below(4) }
  if (random.onceIn(20)) return { kind: 'revert', on: 'main', number: random.below(4) }
  return { kind: 'edit', on, ops: opsOf(random) }
}

function takingStep(random: Random): Step {
  const ops = random.onceIn(3) ? opsOf(random, [...usualOps, ...takenOps, ...takenOps]) : []
  if (random.onceIn(4)) return { kind: 'squash', patch: random.below(4), ops }
  if (random.onceIn(4)) return { kind: 'revert', on: 'main', number: random.below(3) }
  if (random.onceIn(4)) return { kind: 'edit', on: 'main', ops: opsOf(random, takenOps) }
  const part = random.one(['whole', 'whole', 'whole', 'hunk', 'file', 'most'] as const)
  return { kind: 'take', patch: random.below(4), part, number: random.below(60), ops }
}

function specialOf(random: Random, theme: Theme): readonly Step[] {
  switch (theme) {
    case 'plain':
      return []
    case 'taking':
      return [takingStep(random), ...(random.onceIn(2) ? [takingStep(random)] : [])]
    case 'importing':
      return [importStep(random)]
    case 'folding':
      return [{ kind: 'fixup', of: random.below(4), ops: opsOf(random, [...usualOps, ...takenOps]) }]
    case 'joining':
      return random.onceIn(2)
        ? [{ kind: 'side' }, { kind: 'edit', on: 'side', ops: opsOf(random) }]
        : [{ kind: 'join', settling: random.one(settlings) }]
    case 'cut-early':
      return random.onceIn(2) ? [{ kind: 'pick', number: random.below(4) }] : [importStep(random)]
    case 'stable':
      return [{ kind: 'stable' }]
  }
}

function importStep(random: Random): Step {
  return {
    kind: 'import',
    how: random.one(['merge', 'merge', 'squash', 'squash', 'rebase'] as const),
    settling: random.one(settlings),
    behind: random.below(3),
    ops: random.onceIn(3) ? opsOf(random) : [],
  }
}
