import { memo } from 'react'

import { DayLine } from './day-line'
import { MessageRow } from './message-row'
import { NewLine } from './new-line'
import type { TimelineItem } from './timeline'

export const TimelineRow = memo(Row, (one, other) => isSame(one.item, other.item))

function Row({ item }: { item: TimelineItem }) {
  switch (item.kind) {
    case 'day':
      return <DayLine time={item.time} />
    case 'new':
      return <NewLine />
    case 'message':
      return <MessageRow item={item} />
  }
}

/** Items are made anew on every change of the log; what they show is mostly the same. */
function isSame(one: TimelineItem, other: TimelineItem): boolean {
  if (one.kind !== 'message' || other.kind !== 'message') return one.key === other.key
  const isSameEntry = one.entry === other.entry && one.isHead === other.isHead
  return isSameEntry && one.seq === other.seq && one.message.content === other.message.content
}
