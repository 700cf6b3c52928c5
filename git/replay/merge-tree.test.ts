import { describe, expect, it } from 'vitest'
import { parseDialogue, parseMerge } from './merge-tree.ts'

const [tree, one, two, three] = ['a', '1', '2', '3'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
]
const labels = ['e'.repeat(40), 'f'.repeat(40)]
const stages = (path: string, mode = '100644') =>
  [one, two, three].map((oid, index) => `${mode} ${oid} ${index + 1}\t${path}`)
const bytes = (fields: readonly string[]) =>
  Buffer.from(fields.map((field) => `${field}\0`).join(''), 'latin1')
const side = (oid: string, mode = '100644') => ({ mode, oid })

describe('parseMerge', () => {
  it('reads a clean merge', () => {
    expect(parseMerge(bytes([tree]), true, labels)).toEqual({ kind: 'clean', tree })
  })

  it('reads stages, and takes the more telling of two messages', () => {
    const messages = [
      '1',
      'x.bin',
      'CONFLICT (binary)',
      'words\n',
      '1',
      'x.bin',
      'CONFLICT (contents)',
      'words\n',
    ]
    expect(parseMerge(bytes([tree, ...stages('x.bin'), '', ...messages]), false, labels)).toEqual({
      kind: 'conflict',
      tree,
      conflicts: [{ path: 'x.bin', kind: 'binary', base: side(one), ours: side(two), theirs: side(three) }],
    })
  })

  it('is not led astray by the free text that Git 2.39 puts behind a submodule conflict', () => {
    const messages = ['1', 'sub', 'CONFLICT (submodule)', 'words\n']
    const text = 'Recursive merging with submodules currently only supports trivial cases.\n'
    const answer = Buffer.concat([
      bytes([tree, ...stages('sub', '160000'), '', ...messages]),
      Buffer.from(text),
    ])
    const merge = parseMerge(answer, false, labels)
    expect(merge.kind === 'conflict' && merge.conflicts.map(({ path, kind }) => [path, kind])).toEqual([
      ['sub', 'submodule'],
    ])
  })

  it('keeps names with newlines and tabs, and takes off the label of a file that made way for a folder', () => {
    const moved = `n~${labels[1]}`
    const rows = [`100644 ${three} 3\t${moved}`, ...stages('a\n\tb')]
    const merge = parseMerge(
      bytes([tree, ...rows, '', '1', moved, 'CONFLICT (file/directory)', 'words\n']),
      false,
      labels,
    )
    expect(merge.kind === 'conflict' && merge.conflicts.map(({ path, kind }) => [path, kind])).toEqual([
      ['n', 'directory/file'],
      ['a\n\tb', 'content'],
    ])
  })
})

describe('parseDialogue', () => {
  const clean = bytes(['1', tree, ''])
  const clash = bytes(['0', tree, ...stages('x'), '', '1', 'x', 'CONFLICT (contents)', 'words\n', ''])

  it('takes one answer after the other', () => {
    const both = Buffer.concat([clash, clean])
    const first = parseDialogue(both, labels)
    expect(first?.merge.kind).toBe('conflict')
    expect(first?.length).toBe(clash.length)
    expect(parseDialogue(both.subarray(first?.length), labels)).toEqual({
      merge: { kind: 'clean', tree },
      length: clean.length,
    })
  })

  it('waits for an answer that is not whole', () => {
    for (const answer of [clean, clash]) {
      for (let length = 0; length < answer.length; length += 1) {
        expect(parseDialogue(answer.subarray(0, length), labels)).toBeNull()
      }
    }
  })
})
