import type { TagRules } from '../settings.ts'
import { type TagReaderOptions, tagReader } from './tag-reader.ts'
import type { VersionReading } from './version.ts'

/** Reads one tag by the rules of its upstream; see `tagReader` for many. */
export function readVersion(tag: string, rules: TagRules, options: TagReaderOptions = {}): VersionReading {
  return tagReader(rules, options)(tag)
}
