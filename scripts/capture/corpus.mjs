#!/usr/bin/env node
/**
 * Asks the real iptables-legacy tools what they make of rule texts, and records the answers.
 *
 *   corpus.mjs save             every fixtures/save/NAME.in -> NAME.v4 / NAME.v6
 *   corpus.mjs errors           re-run every entry of fixtures/errors/*.json and store stderr and status again
 *   corpus.mjs fixpoints        name the saved texts that the real tools do not read back to themselves
 *   corpus.mjs sort FILE.in...  split candidate rules: what is accepted goes to fixtures/save/, the rest to fixtures/errors/
 *
 * Run it as root in a private network namespace: `unshare -n node scripts/capture/corpus.mjs save`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const fixtures = new URL('../../fixtures/', import.meta.url).pathname
const saveDir = join(fixtures, 'save')
const errorDir = join(fixtures, 'errors')
const command = { v4: 'iptables-legacy', v6: 'ip6tables-legacy' }

/** Runs a program and returns its status and its two outputs as text. */
const run = (argv, input = '') => {
  const result = spawnSync(argv[0], argv.slice(1), { input, encoding: 'utf8' })
  return { status: result.status, stdout: result.stdout, stderr: result.stderr }
}

/** Reads the directives in the leading comment lines of an .in file. */
const parse = (text) => {
  const lines = text.split('\n')
  const directive = (name) =>
    lines.filter((line) => line.startsWith(`# ${name}: `)).map((line) => line.slice(name.length + 4))
  return {
    lines,
    families: (directive('families')[0] ?? 'v4').split(' '),
    sets: directive('ipset'),
    counters: lines.includes('# counters'),
  }
}

/** Built-in chains by table: restoring them with policy ACCEPT is the only way back to a fresh table. */
const chainsOf = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}
const fresh = Object.entries(chainsOf)
  .map(([table, chains]) => `*${table}\n${chains.map((chain) => `:${chain} ACCEPT [0:0]\n`).join('')}COMMIT\n`)
  .join('')

/** Empties every table, so that one file cannot show in the next. */
const clear = (family, sets = []) => {
  run([`${command[family]}-restore`, '-c'], fresh)
  run(['ipset', 'destroy'])
  for (const set of sets) {
    run(['ipset', ...(family === 'v6' ? set.replace('family inet ', 'family inet6 ') : set).split(' ')])
  }
}

/** The tables a text speaks about, in its order of first mention. */
const tablesOf = (lines) => [...new Set(lines.filter((line) => line.startsWith('*')).map((line) => line.slice(1)))]

/** Text without the two comment lines that carry the date. */
const undated = (text) => text.replace(/^# (Generated|Completed) .*$/gm, '')

/** Writes only when something else than the date changed, so that a repeated capture leaves no difference. */
const store = (path, text) => {
  if (existsSync(path) && undated(readFileSync(path, 'utf8')) === undated(text)) return
  writeFileSync(path, text)
  console.log(`wrote ${path.slice(fixtures.length)}`)
}

const save = () => {
  for (const file of readdirSync(saveDir).filter((name) => name.endsWith('.in'))) {
    const text = readFileSync(join(saveDir, file), 'utf8')
    const { lines, families, sets, counters } = parse(text)
    for (const family of families) {
      clear(family, sets)
      const restored = run([`${command[family]}-restore`, ...(counters ? ['-c'] : [])], text)
      if (restored.status !== 0) {
        console.log(`skipped ${file} ${family}: ${restored.stderr.trim()}`)
        continue
      }
      const saved = tablesOf(lines)
        .map((table) => run([`${command[family]}-save`, '-t', table, ...(counters ? ['-c'] : [])]).stdout)
        .join('')
      store(join(saveDir, `${basename(file, '.in')}.${family}`), saved)
      clear(family)
    }
  }
}

/**
 * Splits a line into arguments as iptables-restore does: blanks separate, a double quote groups, a backslash inside
 * quotes takes the next character as it is.
 */
const words = (line) => {
  const found = []
  let word = ''
  let started = false
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at]
    if (quoted && char === '\\' && at + 1 < line.length) word += line[++at]
    else if (char === '"') {
      quoted = !quoted
      started = true
    } else if (!quoted && /[ \t]/.test(char)) {
      if (started) found.push(word)
      word = ''
      started = false
    } else {
      word += char
      started = true
    }
  }
  if (started) found.push(word)
  return found
}

/** What iptables-restore is fed for one line. */
const inputFor = ({ table, chains, line }) =>
  `*${table}\n${(chains ?? []).map((chain) => `${chain}\n`).join('')}${line}\nCOMMIT\n`

/** Asks one entry in its own form and returns it with the answer. */
const ask = (entry) => {
  const { form, family, table, chains, sets, line } = entry
  clear(family, sets)
  if (form === 'restore') {
    const answer = run([`${command[family]}-restore`], inputFor(entry))
    return {
      ...entry,
      status: answer.status,
      stderr: answer.stderr,
      ...(answer.stdout ? { stdout: answer.stdout } : {}),
    }
  }
  if (chains) run([`${command[family]}-restore`], `*${table}\n${chains.join('\n')}\nCOMMIT\n`)
  const answer = run([command[family], '-t', table, ...words(line)])
  return { ...entry, status: answer.status, stderr: answer.stderr, ...(answer.stdout ? { stdout: answer.stdout } : {}) }
}

const format = (entries) => `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`

const errors = () => {
  for (const file of readdirSync(errorDir).filter((name) => name.endsWith('.json'))) {
    const path = join(errorDir, file)
    store(path, format(JSON.parse(readFileSync(path, 'utf8')).map(ask)))
  }
}

const sort = (files) => {
  for (const path of files) {
    const { lines, families, sets } = parse(readFileSync(path, 'utf8'))
    const name = basename(path, '.in')
    const kept = []
    const found = []
    let table = ''
    let chains = []
    for (const line of lines) {
      if (line.startsWith('*')) {
        table = line.slice(1)
        chains = []
      }
      if (line.startsWith(':')) chains.push(line)
      if (!/^-/.test(line)) {
        kept.push(line)
        continue
      }
      const base = { table, ...(chains.length ? { chains } : {}), ...(sets.length ? { sets } : {}), line }
      const answers = families.flatMap((family) => ['restore', 'command'].map((form) => ask({ form, family, ...base })))
      const restored = answers.filter((answer) => answer.form === 'restore')
      if (restored.every((answer) => answer.status === 0)) kept.push(line)
      else if (restored.some((answer) => answer.status === 0)) console.log(`${name}: only one family accepts ${line}`)
      found.push(...answers.filter((answer) => answer.status !== 0 || answer.stderr !== ''))
    }
    writeFileSync(join(saveDir, `${name}.in`), kept.join('\n'))
    if (found.length) writeFileSync(join(errorDir, `${name}.json`), format(found))
    console.log(
      `${name}: kept ${kept.filter((line) => line.startsWith('-')).length}, ${found.length} answers with text`,
    )
  }
}

const fixpoints = () => {
  for (const file of readdirSync(saveDir).filter((name) => /\.v[46]$/.test(name))) {
    const [name, family] = file.split('.')
    const { sets, counters } = parse(readFileSync(join(saveDir, `${name}.in`), 'utf8'))
    const text = readFileSync(join(saveDir, file), 'utf8')
    clear(family, sets)
    const flags = counters ? ['-c'] : []
    const restored = run([`${command[family]}-restore`, ...flags], text)
    const saved = tablesOf(text.split('\n'))
      .map((table) => run([`${command[family]}-save`, '-t', table, ...flags]).stdout)
      .join('')
    if (restored.status !== 0) console.log(`${file}: ${restored.stderr.trim().split('\n')[0]}`)
    else if (undated(saved) !== undated(text)) console.log(`${file}: differs`)
    clear(family)
  }
}

const [what, ...rest] = process.argv.slice(2)
if (what === 'save') save()
else if (what === 'errors') errors()
else if (what === 'fixpoints') fixpoints()
else if (what === 'sort') sort(rest)
else console.log('usage: corpus.mjs save | errors | fixpoints | sort FILE.in...')
