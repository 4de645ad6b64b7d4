/**
 * A text argument as iptables-save writes it: bare when it has only letters, digits, `_` and `-`, else in
 * double quotes with `"`, `\` and `'` escaped. Source: libxtables xtables_save_string().
 */
export function quote(text: string): string {
  if (/^[\w-]+$/.test(text) && /^[\x21-\x7e]+$/.test(text)) return text
  return `"${text.replace(/["\\']/g, (character) => `\\${character}`)}"`
}
