import { quote } from '../../../xtables/index.ts'

/** A line with the column (from 1) of each of its words. */
export interface Line {
  readonly text: string
  readonly columns: readonly number[]
}

/** A command as a shell takes it. Words in other scripts stay bare, so that a caret shows what is odd about them. */
export function shellLine(program: string, words: readonly string[]): Line {
  return lineOf(words, shellWord, program)
}

/** A line as iptables-restore takes it. */
export function restoredLine(words: readonly string[]): Line {
  return lineOf(words, (word) => (word === '' || /[\s"]/.test(word) ? quote(word) : word))
}

function lineOf(words: readonly string[], write: (word: string) => string, first?: string): Line {
  let text = first ?? ''
  const columns = words.map((word) => {
    if (text !== '') text += ' '
    const column = text.length + 1
    text += write(word)
    return column
  })
  return { text, columns }
}

function shellWord(word: string): string {
  const shown = word.replace(/[\n\r\t]/g, ' ')
  if (shown !== '' && !/[\s'"\\|&;<>()$`*?[\]{}~#]/.test(shown)) return shown
  return `'${shown.replaceAll("'", "'\\''")}'`
}
