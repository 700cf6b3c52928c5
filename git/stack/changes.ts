import type { Workshop } from '../replay/workshop.ts'
import type { Change } from './change.ts'
import { foldFixups } from './fold.ts'
import type { Chain, Link } from './linearise.ts'
import { dropMarked, dropNamed, dropUnmarked, type StackPolicy } from './policy.ts'
import { squashAuthors } from './squash-authors.ts'
import { patchOf } from './stack.ts'

/** The fork's chain as what is to be replayed: named commits left out, fixups and bots folded, markers heeded. */
export async function planChanges(
  workshop: Workshop,
  chain: Chain,
  options: { readonly policy: StackPolicy; readonly onto: string },
): Promise<readonly Change[]> {
  const links = await Promise.all(chain.links.map((link) => linkChange(workshop, link)))
  const named = dropNamed(links, options.policy)
  const folded = await foldFixups(workshop, named)
  const { changes, marked } = await dropMarked(workshop, folded, options)
  const squashed = squashAuthors(changes, options.policy.squashAuthors)
  return dropUnmarked({ changes: squashed, marked }, options.policy)
}

async function linkChange(workshop: Workshop, link: Link): Promise<Change> {
  const { before, after, commit } = link
  const patch = patchOf(link.oid, commit)
  const parentTree = (await workshop.quarantine.objects.commit(patch.parent)).tree
  const own = link.isMerge ? { before, after } : { before: parentTree, after: commit.tree }
  const isAbsorbed = before === after && own.before !== own.after
  const tookIn = link.tookIn ?? null
  return {
    patch,
    before,
    after,
    own,
    source: commit,
    folded: [],
    hollow: isAbsorbed ? absorbedBy(link) : null,
    tookIn,
    note: noteOn(link),
    drop: null,
    generated: [],
  }
}

/** Why nothing of a commit is left in the fork's own line. */
function absorbedBy({ emptiedBy, tookIn }: Link): string {
  if (tookIn !== undefined) return `Empty: all of it is upstream's, up to ${tookIn.slice(0, 12)}.`
  const by = emptiedBy?.slice(0, 12) ?? 'a later commit'
  return `Empty: ${by}, which brought upstream into the fork, left nothing of it.`
}

function noteOn({ isMerge, tookIn, before, after, isShared }: Link): string | null {
  if (isShared) return 'Upstream has this commit in a tag or branch that the target does not contain.'
  if (isMerge) return 'It is what only this merge commit holds.'
  if (tookIn === undefined || before === after) return null
  return `It had merged upstream up to ${tookIn.slice(0, 12)}; those changes were removed from the patch.`
}
