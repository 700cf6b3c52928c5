import type { EarlierWords } from '../ledger/earlier-words.ts'
import type { Chain } from '../stack/linearise.ts'
import type { StackPolicy } from '../stack/policy.ts'
import type { Suspect } from '../types.ts'
import type { PatchRecord } from './record.ts'

/** The policy with the patches that persons dropped before; those that the stack does not have any more are no error. */
export function withDropped(policy: StackPolicy, chain: Chain, earlier?: EarlierWords): StackPolicy {
  if (!earlier) return policy
  const inStack = new Set(chain.links.map(({ oid }) => oid))
  return { ...policy, drop: [...policy.drop, ...earlier.dropped.filter((oid) => inStack.has(oid))] }
}

/** The records without the suggestions that somebody has answered already, by keeping the patch. */
export function withoutKept(
  records: readonly PatchRecord[],
  earlier?: EarlierWords,
): Promise<readonly PatchRecord[]> {
  return Promise.all(
    records.map(async (record) => {
      const { oid, suggestion } = record
      if (!earlier || suggestion === null || suggestion === 'reverted-upstream') return record
      const known = await Promise.all(suggestion.as.map((like) => earlier.kept(oid, like)))
      return known.every(Boolean) ? { ...record, suggestion: null } : record
    }),
  )
}

/** Of a patch that a person keeps beside what upstream has of it, lines stand twice on purpose. */
export function withoutKeptTwice(
  suspects: readonly Suspect[],
  before: readonly PatchRecord[],
  after: readonly PatchRecord[],
): readonly Suspect[] {
  const asked = new Set(after.filter(({ suggestion }) => suggestion !== null).map(({ oid }) => oid))
  const kept = before.filter(({ oid, suggestion }) => suggestion !== null && !asked.has(oid))
  const oids = new Set(kept.map(({ oid }) => oid))
  return suspects.filter(({ oid, kind }) => kind !== 'twice' || !oids.has(oid))
}
