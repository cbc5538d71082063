import type { Completion } from '../completion.ts'

/** How models decline in words, though nothing else of the answer says it. */
const DECLINES =
  /^\W*(?:(?:i['’]?m|i am|we['’]?re|we are)\s+(?:very\s+|so\s+)?(?:sorry|afraid|unable)|sorry|(?:i|we)\s+(?:can['’]?t|cannot|can\s+not|won['’]?t|will\s+not)\b|as an ai\b|unfortunately,?\s+(?:i|we)\b)/i

/** How proxies and services fail with the status of a success. */
const FAILS =
  /^\W*(?:<!doctype|<html|error\b|internal server error|bad gateway|service unavailable|gateway time-?out|too many requests|null\W*$|undefined\W*$)/i

/** Whether an answer is one: neither empty, nor cut off, nor a refusal, nor a failure in the form of an answer. */
export const isWorthKeeping = ({ text, refused, cutOff }: Pick<Completion, 'text' | 'refused' | 'cutOff'>): boolean =>
  !refused && !cutOff && /[\p{L}\p{N}]/u.test(text) && !DECLINES.test(text) && !FAILS.test(text)
