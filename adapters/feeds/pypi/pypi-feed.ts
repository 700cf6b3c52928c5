import { z } from 'zod'
import type { JsonEntry } from '../http/json-entry.ts'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { text } from '../http/read-each.ts'
import type { Feed } from '../types.ts'

const file = z.object({
  upload_time_iso_8601: text,
  yanked: z.union([z.boolean(), z.string()]).nullish().catch(null),
})
const schema = z.object({
  info: z.object({ name: z.string() }),
  releases: z.record(z.string(), z.array(file)),
})

/** Source: PyPI's JSON API; a version is yanked when each of its files is (PEP 592). */
const format: JsonFormat = {
  kind: 'pypi',
  accept: 'application/json',
  read: (value, { tagPrefix = '' }) => {
    const { info, releases } = schema.parse(value)
    return Object.entries(releases)
      .map(([version, files]): JsonEntry => {
        const problem = withdrawn(files)
        return {
          tag: `${tagPrefix}${version}`,
          title: `${info.name} ${version}`,
          publishedAt: files.flatMap((one) => one.upload_time_iso_8601 || []).sort()[0] ?? null,
          url: `https://pypi.org/project/${encodeURIComponent(info.name)}/${encodeURIComponent(version)}/`,
          prerelease: null,
          ...(problem === null ? {} : { problem }),
        }
      })
      .sort((a, b) => ((a.publishedAt ?? '') < (b.publishedAt ?? '') ? 1 : -1))
  },
}

/** The versions of a project on PyPI: `https://pypi.org/pypi/<project>/json`. */
export function createPypiFeed(): Feed {
  return createJsonFeed(format)
}

function withdrawn(files: readonly z.infer<typeof file>[]): string | null {
  if (files.length === 0) return 'has no files'
  return files.every(({ yanked }) => (yanked ?? false) !== false) ? 'was yanked' : null
}
