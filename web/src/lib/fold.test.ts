import { expect, test } from 'vitest'

import { matchRank } from './fold'

test('case and accents do not matter', () => {
  expect(matchRank('Général', 'GENERAL')).toBe(5)
  expect(matchRank('Équipe', 'équi')).toBe(4)
})

test('the start counts more than a word within, that more than its middle, that more than scattered letters', () => {
  const ranks = ['gardening', 'our garden', 'undergarden', 'g-a-r-den'].map((text) =>
    matchRank(text, 'garden'),
  )
  expect(ranks).toEqual([4, 3, 2, 1])
})

test('letters that are not there find nothing', () => {
  expect(matchRank('Garden', 'gardener')).toBe(0)
  expect(matchRank('Garden', 'nedrag')).toBe(0)
})

test('nothing typed finds everything', () => {
  expect(matchRank('Garden', '  ')).toBe(5)
})
